package org.sparkxception.job;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.spark.SparkExecutorInfo;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkxception.inference.ExecutorFacts;
import org.sparkxception.inference.ExecutorModel;
import org.sparkxception.inference.PreflightTask;
import org.sparkxception.inference.ScoringSettings;
import org.sparkxception.inference.StatisticsAccumulator;
import org.sparkxception.model.ModelBundle;

/**
 * Sends a model to the executors that are there, and lets each show that it can run it. That takes a while, and goes on beside the
 * planning. An executor that comes later shows it with its first task.
 */
final class Preflight implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Preflight.class);

    private final JavaSparkContext context;
    private final ScoringSettings settings;
    private final StatisticsAccumulator statistics;
    private Optional<Flight> flight = Optional.empty();

    /** The tasks that load a model. */
    private record Flight(
            Broadcast<ModelBundle> bundle, ExecutorModel model, JavaFutureAction<List<ExecutorFacts>> facts) {}

    Preflight(JavaSparkContext context, ScoringSettings settings, StatisticsAccumulator statistics) {
        this.context = context;
        this.settings = settings;
        this.statistics = statistics;
    }

    /** Begins with a model, if it has not begun yet, and does not wait. What was begun with another is given up. */
    void begin(ModelBundle bundle) {
        String fingerprint = bundle.fingerprint();
        if (flight.filter(begun -> begun.model.fingerprint().equals(fingerprint))
                .isPresent()) {
            return;
        }
        close();
        Broadcast<ModelBundle> sent = context.broadcast(bundle);
        ExecutorModel model = new ExecutorModel(sent, fingerprint, settings, statistics);
        int executors = executors();
        context.setJobDescription("load the model on " + executors + (executors == 1 ? " executor" : " executors"));
        flight = Optional.of(new Flight(
                sent,
                model,
                context.parallelize(Collections.nCopies(executors, 0), executors)
                        .mapPartitions(new PreflightTask(model))
                        .collectAsync()));
        context.setJobDescription(null);
    }

    /** Those that are there, or will be soon. */
    private int executors() {
        SparkExecutorInfo[] present = context.sc().statusTracker().getExecutorInfos();
        int apart = present.length - 1; // the driver is one of them
        return Math.max(1, Math.max(apart, context.getConf().getInt("spark.executor.instances", 0)));
    }

    /**
     * The model, which all executors have loaded.
     *
     * @throws ChunkFailedException if one cannot
     */
    ExecutorModel passed(ModelBundle bundle) throws InterruptedException {
        begin(bundle);
        try {
            flight.orElseThrow().facts.get();
            facts().values()
                    .forEach(fact -> LOG.info(
                            "executor {} on {}: {}, {}, {}",
                            fact.executor(),
                            fact.host(),
                            fact.device(),
                            fact.engine(),
                            fact.program()));
            return flight.orElseThrow().model;
        } catch (ExecutionException e) {
            throw new ChunkFailedException(e.getCause());
        }
    }

    /** What the executors compute with, by their names; nothing before they have said it. */
    Map<String, ExecutorFacts> facts() {
        Map<String, ExecutorFacts> byName = new TreeMap<>();
        flight.filter(begun -> begun.facts.isDone()).ifPresent(done -> {
            try {
                done.facts.get().forEach(fact -> byName.put(fact.executor(), fact));
            } catch (InterruptedException | ExecutionException e) {
                LOG.debug("the preflight did not end well", e);
            }
        });
        return byName;
    }

    @Override
    public void close() {
        flight.ifPresent(begun -> {
            begun.facts.cancel(true);
            begun.bundle.destroy();
        });
        flight = Optional.empty();
    }
}
