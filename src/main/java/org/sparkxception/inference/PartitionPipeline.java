package org.sparkxception.inference;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Queue;
import org.apache.spark.sql.Row;
import org.sparkxception.engine.NetworkOutput;
import org.sparkxception.engine.ScoringModel;
import org.sparkxception.image.ImageFault;
import org.sparkxception.image.ImageSize;
import org.sparkxception.image.ImageStatus;
import org.sparkxception.inference.ImagePreparer.Prepared;
import org.sparkxception.inference.ImagePreparer.Ready;
import org.sparkxception.metrics.PipelineStatistics;
import org.sparkxception.metrics.PipelineStatistics.Counter;
import org.sparkxception.metrics.StatisticsAccumulator;
import org.sparkxception.model.ClassScores;
import org.sparkxception.model.Precision;
import org.sparkxception.result.Prediction;
import org.sparkxception.result.ResultSchema;

/**
 * Converts the images of a partition to rows: while the network scores a batch, the next images are fetched, decoded and resized.
 * Returns one row per image, in any order.
 */
final class PartitionPipeline implements Iterator<Row>, AutoCloseable {
    private static final int BATCHES_AHEAD = 2;

    private final ScoringSettings settings;
    private final ScoringModel model;
    private final ClassScores classScores;
    private final StatisticsAccumulator statistics;
    private final ImagePreparer preparer;
    private final HalvingPredictor predictor;
    private final int maxInFlight;
    private final List<Ready> batch = new ArrayList<>();
    private final Queue<Row> rows = new ArrayDeque<>();
    private int inFlight;

    PartitionPipeline(
            ScoringSettings settings, ScoringModel model, ImagePreparer preparer, StatisticsAccumulator statistics) {
        this.settings = settings;
        this.model = model;
        this.classScores = ClassScores.of(model.network(), settings.activation());
        this.preparer = preparer;
        this.statistics = statistics;
        this.predictor = new HalvingPredictor(model, settings.batchSize(), statistics);
        this.maxInFlight = BATCHES_AHEAD * settings.batchSize() + settings.fetchThreads();
        statistics.add(PipelineStatistics.of(Counter.PREDICTORS, 1));
    }

    @Override
    public boolean hasNext() {
        try {
            while (rows.isEmpty() && (inFlight > 0 || preparer.hasMore())) {
                advance();
            }
            return !rows.isEmpty();
        } catch (OutOfMemoryError e) {
            throw MachineFaults.ofTask(e);
        }
    }

    @Override
    public Row next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return rows.remove();
    }

    /** Takes one prepared image, and scores the batch if it is full or the last one. */
    private void advance() {
        while (inFlight < maxInFlight && preparer.hasMore()) {
            submit();
            inFlight++;
        }
        Prepared prepared = take();
        inFlight--;
        if (prepared instanceof Ready ready) {
            batch.add(ready);
        } else if (prepared instanceof ImagePreparer.Failed failed) {
            fail(failed.image(), failed.fault());
        }
        boolean last = inFlight == 0 && !preparer.hasMore();
        if (batch.size() == settings.batchSize() || (last && !batch.isEmpty())) {
            score();
        }
    }

    private void submit() {
        try {
            preparer.submit();
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private Prepared take() {
        long start = System.nanoTime();
        try {
            return preparer.take();
        } catch (InterruptedException e) {
            throw interrupted(e);
        } finally {
            statistics.add(PipelineStatistics.of(Counter.WAIT_NANOS, System.nanoTime() - start));
        }
    }

    private static IllegalStateException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IllegalStateException("the task was interrupted", e);
    }

    private void score() {
        long startMillis = System.currentTimeMillis();
        long start = System.nanoTime();
        List<NetworkOutput> outputs =
                predictor.predict(batch.stream().map(Ready::pixels).toList());
        long predicted = System.nanoTime();
        long count = 0;
        for (int i = 0; i < outputs.size(); i++) {
            if (outputs.get(i).isFinite()) {
                rows.add(scored(batch.get(i), outputs.get(i)));
                count++;
            } else {
                fail(batch.get(i).image(), notFinite(batch.get(i).size()));
            }
        }
        batch.clear();
        statistics.add(PipelineStatistics.of(Map.of(
                        Counter.ROWS,
                        count,
                        Counter.SCORED,
                        count,
                        Counter.BATCHES,
                        1L,
                        Counter.PREDICT_NANOS,
                        predicted - start,
                        Counter.RANK_NANOS,
                        System.nanoTime() - predicted))
                .between(startMillis, System.currentTimeMillis()));
    }

    private Row scored(Ready image, NetworkOutput output) {
        float[] scores = classScores.ofClasses(output.logits());
        List<Prediction> top = Ranking.top(settings.topK(), scores, model.labels());
        return image.image()
                .row(ResultSchema.scored(
                        image.size().width(),
                        image.size().height(),
                        top,
                        settings.allScores() ? Optional.of(classScores.all(output.logits(), scores)) : Optional.empty(),
                        output.embedding()));
    }

    private ImageFault notFinite(ImageSize size) {
        String precision = settings.precision().toString();
        return new ImageFault(
                ImageStatus.NON_FINITE,
                "the network's outputs for this image contain NaN or infinite values at " + precision
                        + (settings.precision() == Precision.FP32 ? "" : ": set precision to fp32"),
                Optional.of(size));
    }

    private void fail(PipelineInput image, ImageFault fault) {
        rows.add(image.row(ResultSchema.failed(
                fault.status().label(),
                fault.getMessage(),
                fault.size().map(ImageSize::width),
                fault.size().map(ImageSize::height))));
        statistics.add(PipelineStatistics.of(Map.of(Counter.ROWS, 1L, Counter.of(fault.status()), 1L)));
    }

    @Override
    public void close() {
        preparer.close();
        predictor.close();
    }
}
