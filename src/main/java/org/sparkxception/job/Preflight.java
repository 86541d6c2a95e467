package org.sparkxception.job;

import java.io.IOException;
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
import org.sparkxception.inference.ExecutorModel;
import org.sparkxception.inference.ScoringSettings;
import org.sparkxception.inference.trial.ExecutorFacts;
import org.sparkxception.inference.trial.ExecutorFinding;
import org.sparkxception.inference.trial.PreflightTask;
import org.sparkxception.metrics.StatisticsAccumulator;
import org.sparkxception.model.ModelBundle;
import org.sparkxception.spark.TaskSlots;

/**
 * Sends a model to the executors that are present, and checks that each of them can run it. This takes a while, and runs concurrently
 * with planning. An executor that joins later is checked by its first task.
 */
final class Preflight implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Preflight.class);

    private final JavaSparkContext context;
    private final ScoringSettings settings;
    private final StatisticsAccumulator statistics;
    private Optional<Sent> sent = Optional.empty();
    private Optional<JavaFutureAction<List<ExecutorFinding>>> flight = Optional.empty();

    private record Sent(Broadcast<ModelBundle> bundle, ExecutorModel model) {}

    Preflight(JavaSparkContext context, ScoringSettings settings, StatisticsAccumulator statistics) {
        this.context = context;
        this.settings = settings;
        this.statistics = statistics;
    }

    /** The model as a task refers to it. It is broadcast once; the broadcast and check of another model are discarded. */
    ExecutorModel broadcast(ModelBundle bundle) {
        String fingerprint = bundle.fingerprint();
        if (sent.filter(before -> before.model.fingerprint().equals(fingerprint))
                .isEmpty()) {
            close();
            Broadcast<ModelBundle> broadcast = context.broadcast(bundle);
            sent = Optional.of(new Sent(broadcast, new ExecutorModel(broadcast, fingerprint, settings, statistics)));
        }
        return sent.orElseThrow().model;
    }

    /** Starts to load a model, and does not wait. Does nothing for one that cannot run before it is calibrated. */
    void begin(ModelBundle bundle) throws IOException {
        if (!settings.mustCalibrate(bundle)) {
            load(bundle);
        }
    }

    private void load(ModelBundle bundle) {
        ExecutorModel model = broadcast(bundle);
        if (flight.isPresent()) {
            return;
        }
        int executors = executors();
        int tasks = executors * tasksPerExecutor();
        context.setJobDescription("load the model on " + executors + (executors == 1 ? " executor" : " executors"));
        flight = Optional.of(context.parallelize(Collections.nCopies(tasks, 0), tasks)
                .mapPartitions(new PreflightTask(model))
                .collectAsync());
        context.setJobDescription(null);
    }

    /** Number of executors that are present or will be soon. */
    private int executors() {
        SparkExecutorInfo[] present = context.sc().statusTracker().getExecutorInfos();
        int apart = present.length - 1; // the driver is one of them
        return Math.max(1, Math.max(apart, context.getConf().getInt("spark.executor.instances", 0)));
    }

    /** As many tasks as share the GPUs of an executor, so that each GPU is checked. */
    private int tasksPerExecutor() {
        return TaskSlots.perExecutorByGpus(context.getConf()).orElse(1);
    }

    /**
     * Waits until all executors have loaded the model, and returns it.
     *
     * @throws UserException (exit code 6) naming the executors on which the model does not work
     * @throws TaskFailedException if the check itself fails
     */
    ExecutorModel awaitLoaded(ModelBundle bundle) throws InterruptedException {
        requireLoaded(bundle);
        facts().forEach(fact -> LOG.info(
                "executor {} on {}: {}, {}, {}",
                fact.executor(),
                fact.host(),
                fact.device(),
                fact.engine(),
                fact.program()));
        return broadcast(bundle);
    }

    /**
     * Waits until all executors have loaded the model. Does nothing for one that cannot run before it is calibrated.
     *
     * @throws UserException (exit code 6) naming the executors on which the model does not work
     * @throws TaskFailedException if the check itself fails
     */
    void check(ModelBundle bundle) throws IOException, InterruptedException {
        if (!settings.mustCalibrate(bundle)) {
            requireLoaded(bundle);
        }
    }

    private void requireLoaded(ModelBundle bundle) throws InterruptedException {
        load(bundle);
        try {
            requireNone(flight.orElseThrow().get().stream()
                    .flatMap(finding -> finding.fault().stream())
                    .toList());
        } catch (ExecutionException e) {
            throw new TaskFailedException(e.getCause());
        }
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

    /** What the executors compute with, one entry per executor and device; empty until all of them have reported. */
    List<ExecutorFacts> facts() {
        Map<String, ExecutorFacts> byName = new TreeMap<>();
        flight.filter(JavaFutureAction::isDone).ifPresent(done -> {
            try {
                done.get().stream()
                        .flatMap(finding -> finding.facts().stream())
                        .forEach(fact -> byName.put(fact.executor() + " " + fact.device(), fact));
            } catch (InterruptedException | ExecutionException e) {
                LOG.debug("the preflight failed", e);
            }
        });
        return List.copyOf(byName.values());
    }

    @Override
    public void close() {
        flight.filter(begun -> !begun.isDone()).ifPresent(begun -> begun.cancel(true));
        // A task that is about to start can still request it: Spark deletes it when nothing refers to it any more.
        sent.ifPresent(before -> before.bundle.unpersist());
        flight = Optional.empty();
        sent = Optional.empty();
    }
}
