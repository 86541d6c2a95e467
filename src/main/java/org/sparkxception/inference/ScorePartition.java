package org.sparkxception.inference;

import ai.djl.Device;
import java.util.Iterator;
import java.util.Map;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkxception.inference.PipelineStatistics.Counter;
import org.sparkxception.model.ModelBundle;
import org.sparkxception.source.FileFetcher;

/** Scores the images of a partition, on an executor: the function that Spark sends there. */
public final class ScorePartition implements FlatMapFunction<ImagePartition, Row> {
    private static final long serialVersionUID = 1;
    private static final Logger LOG = LoggerFactory.getLogger(ScorePartition.class);

    private final Broadcast<ModelBundle> bundle;
    private final String fingerprint;
    private final ScoringSettings settings;
    private final SerializableConfiguration storage;
    private final StatisticsAccumulator statistics;

    /**
     * Scores with a model.
     *
     * @param fingerprint of the bundle, by which an executor knows that it holds the model already
     * @param storage how to reach the images
     */
    public ScorePartition(
            Broadcast<ModelBundle> bundle,
            String fingerprint,
            ScoringSettings settings,
            SerializableConfiguration storage,
            StatisticsAccumulator statistics) {
        this.bundle = bundle;
        this.fingerprint = fingerprint;
        this.settings = settings;
        this.storage = storage;
        this.statistics = statistics;
    }

    @Override
    public Iterator<Row> call(ImagePartition partition) {
        TaskContext task = TaskContext.get();
        Device device = settings.device().device(task);
        TorchEngine.prepareThread(task.cpus());
        ScoringModel model = ModelCache.get(fingerprint, device, () -> load(device));
        ImagePreparer preparer =
                new ImagePreparer(settings, new FileFetcher(storage.value(), settings.maxBytes()), model, statistics);
        PartitionPipeline pipeline =
                new PartitionPipeline(partition.images().iterator(), settings, model, preparer, statistics);
        task.addTaskCompletionListener((TaskCompletionListener) context -> pipeline.close());
        return pipeline;
    }

    private ScoringModel load(Device device) {
        long start = System.nanoTime();
        ScoringModel model = ScoringModel.load(bundle.value(), device);
        long nanos = System.nanoTime() - start;
        statistics.add(PipelineStatistics.of(Map.of(
                Counter.MODEL_LOADS,
                1L,
                Counter.MODEL_LOAD_NANOS,
                nanos,
                Counter.FALLBACKS,
                model.isFallback() ? 1L : 0L)));
        LOG.info("model loaded on {} in {} ms", device, nanos / 1_000_000);
        return model;
    }
}
