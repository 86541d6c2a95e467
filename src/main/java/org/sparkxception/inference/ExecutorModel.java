package org.sparkxception.inference;

import ai.djl.Device;
import java.io.Serializable;
import java.util.Map;
import org.apache.spark.TaskContext;
import org.apache.spark.broadcast.Broadcast;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkxception.UserException;
import org.sparkxception.engine.ScoringModel;
import org.sparkxception.engine.TorchEngine;
import org.sparkxception.image.decode.OpenCv;
import org.sparkxception.metrics.PipelineStatistics;
import org.sparkxception.metrics.PipelineStatistics.Counter;
import org.sparkxception.metrics.StatisticsAccumulator;
import org.sparkxception.model.ModelBundle;

/** A broadcast model and its settings: a task loads the model, or uses the one that an earlier task of its executor loaded. */
public final class ExecutorModel implements Serializable {
    private static final long serialVersionUID = 1;
    private static final Logger LOG = LoggerFactory.getLogger(ExecutorModel.class);

    private final Broadcast<ModelBundle> bundle;
    private final String fingerprint;
    private final ScoringSettings settings;
    private final StatisticsAccumulator statistics;

    /**
     * Creates the handle of a broadcast model.
     *
     * @param fingerprint fingerprint of the bundle, the key of an executor's loaded models
     * @param statistics counts the loads
     */
    public ExecutorModel(
            Broadcast<ModelBundle> bundle,
            String fingerprint,
            ScoringSettings settings,
            StatisticsAccumulator statistics) {
        this.bundle = bundle;
        this.fingerprint = fingerprint;
        this.settings = settings;
        this.statistics = statistics;
    }

    public ModelBundle bundle() {
        return bundle.value();
    }

    public ScoringSettings settings() {
        return settings;
    }

    StatisticsAccumulator statistics() {
        return statistics;
    }

    public String fingerprint() {
        return fingerprint;
    }

    /**
     * Returns the model on the task's device, loading it if necessary. Prepares the calling thread for libtorch.
     *
     * @throws UserException (exit code 6) that names the executor, if it cannot run the model or does not have the device
     */
    public ScoringModel loadFor(TaskContext task) {
        Device device = device(task);
        try {
            return ModelCache.get(fingerprint, settings.embedding(), settings.precision(), device, () -> load(device));
        } catch (UserException e) {
            throw ThisExecutor.withExecutorName(e);
        }
    }

    /**
     * Returns the task's device. Prepares the calling thread for libtorch, and this executor for decoding.
     *
     * @throws UserException (exit code 6) that names the executor, if it does not have the device or cannot load the native libraries
     */
    public Device device(TaskContext task) {
        try {
            OpenCv.load();
            TorchEngine.prepareThread(task.cpus());
            return settings.device().device(task);
        } catch (UserException e) {
            throw ThisExecutor.withExecutorName(e);
        }
    }

    private ScoringModel load(Device device) {
        long start = System.nanoTime();
        ScoringModel model = ScoringModel.load(bundle.value(), settings.precision(), device, settings.embedding());
        long nanos = System.nanoTime() - start;
        statistics.add(PipelineStatistics.of(Map.of(
                Counter.MODEL_LOADS,
                1L,
                Counter.MODEL_LOAD_NANOS,
                nanos,
                Counter.FALLBACKS,
                model.isFallback() ? 1L : 0L)));
        LOG.debug("model loaded on {} in {} ms", device, nanos / 1_000_000);
        return model;
    }
}
