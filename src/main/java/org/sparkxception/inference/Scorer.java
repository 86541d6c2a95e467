package org.sparkxception.inference;

import ai.djl.Device;
import java.util.Iterator;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.TaskContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkxception.inference.PipelineStatistics.Counter;
import org.sparkxception.model.ModelBundle;

/** What every task that scores takes along: the model, the settings and where to count. */
public final class Scorer implements PartitionWork<Row> {
    private static final long serialVersionUID = 1;
    private static final Logger LOG = LoggerFactory.getLogger(Scorer.class);

    private final Broadcast<ModelBundle> bundle;
    private final String fingerprint;
    private final ScoringSettings settings;
    private final SerializableConfiguration storage;
    private final StatisticsAccumulator statistics;
    private final boolean careful;

    /**
     * Scores with a model.
     *
     * @param fingerprint of the bundle, by which an executor knows that it holds the model already
     * @param storage how to reach the images
     */
    public Scorer(
            Broadcast<ModelBundle> bundle,
            String fingerprint,
            ScoringSettings settings,
            SerializableConfiguration storage,
            StatisticsAccumulator statistics) {
        this(bundle, fingerprint, settings, storage, statistics, false);
    }

    private Scorer(
            Broadcast<ModelBundle> bundle,
            String fingerprint,
            ScoringSettings settings,
            SerializableConfiguration storage,
            StatisticsAccumulator statistics,
            boolean careful) {
        this.bundle = bundle;
        this.fingerprint = fingerprint;
        this.settings = settings;
        this.storage = storage;
        this.statistics = statistics;
        this.careful = careful;
    }

    /** The same, decoding in processes of their own: for images among which one may have ended an executor. */
    public Scorer careful() {
        return new Scorer(bundle, fingerprint, settings, storage, statistics, true);
    }

    @Override
    public Configuration storage() {
        return storage.value();
    }

    @Override
    public long maxBytes() {
        return settings.maxBytes();
    }

    /** Scores images in the task that calls: one row an image, in any order. What it opens is closed when the task ends. */
    @Override
    public Iterator<Row> of(Iterator<? extends PipelineInput> images) {
        TaskContext task = TaskContext.get();
        Device device = settings.device().device(task);
        TorchEngine.prepareThread(task.cpus());
        ScoringModel model =
                ModelCache.get(fingerprint, settings.embedding(), settings.precision(), device, () -> load(device));
        // An attempt before this one may have ended with its executor, by an image that crashes the decoder.
        boolean isolated = careful || task.attemptNumber() > 0;
        ImagePreparer preparer = new ImagePreparer(settings, model, isolated, statistics);
        PartitionPipeline pipeline = new PartitionPipeline(images, settings, model, preparer, statistics);
        task.addTaskCompletionListener((TaskCompletionListener) context -> pipeline.close());
        return pipeline;
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
        LOG.info("model loaded on {} in {} ms", device, nanos / 1_000_000);
        return model;
    }
}
