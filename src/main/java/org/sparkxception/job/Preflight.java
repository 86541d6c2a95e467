package org.sparkxception.job;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.spark.SparkExecutorInfo;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkxception.UserException;
import org.sparkxception.inference.ExecutorFacts;
import org.sparkxception.inference.ExecutorFinding;
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
            Broadcast<ModelBundle> bundle, ExecutorModel model, JavaFutureAction<List<ExecutorFinding>> findings) {}

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
        int tasks = executors * tasksAnExecutor();
        context.setJobDescription("load the model on " + executors + (executors == 1 ? " executor" : " executors"));
        flight = Optional.of(new Flight(
                sent,
                model,
                context.parallelize(Collections.nCopies(tasks, 0), tasks)
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

    /** As many as share its GPUs, so that each of these is tried. */
    private int tasksAnExecutor() {
        double gpus = context.getConf().getDouble("spark.executor.resource.gpu.amount", 0);
        double aTask = context.getConf().getDouble("spark.task.resource.gpu.amount", gpus);
        return gpus > 0 ? Math.max(1, (int) (gpus / aTask)) : 1;
    }

    /**
     * The model, which all executors have loaded.
     *
     * @throws UserException (exit code 6) that names the executors on which it does not work
     * @throws ChunkFailedException if it cannot be found out
     */
    ExecutorModel passed(ModelBundle bundle) throws InterruptedException {
        begin(bundle);
        Flight begun = flight.orElseThrow();
        try {
            requireNone(begun.findings.get().stream()
                    .flatMap(finding -> finding.fault().stream())
                    .toList());
        } catch (ExecutionException e) {
            throw new ChunkFailedException(e.getCause());
        }
        facts().forEach(fact -> LOG.info(
                "executor {} on {}: {}, {}, {}",
                fact.executor(),
                fact.host(),
                fact.device(),
                fact.engine(),
                fact.program()));
        return begun.model;
    }

    private static void requireNone(List<UserException> faults) {
        if (!faults.isEmpty()) {
            throw new UserException(
                    faults.get(0).exitCode(),
                    faults.stream()
                            .map(Throwable::getMessage)
                            .distinct()
                            .sorted()
                            .collect(Collectors.joining("; ")));
        }
    }

    /** What the executors compute with, one of each executor and device; nothing before they have said it. */
    List<ExecutorFacts> facts() {
        Map<String, ExecutorFacts> byName = new TreeMap<>();
        flight.filter(begun -> begun.findings.isDone()).ifPresent(done -> {
            try {
                done.findings.get().stream()
                        .flatMap(finding -> finding.facts().stream())
                        .forEach(fact -> byName.put(fact.executor() + " " + fact.device(), fact));
            } catch (InterruptedException | ExecutionException e) {
                LOG.debug("the preflight did not end well", e);
            }
        });
        return List.copyOf(byName.values());
    }

    @Override
    public void close() {
        flight.ifPresent(begun -> {
            if (begun.findings.isDone()) {
                begun.bundle.destroy();
            } else {
                begun.findings.cancel(true);
                begun.bundle.unpersist(); // a task that is about to begin may still ask for it
            }
        });
        flight = Optional.empty();
    }
}
