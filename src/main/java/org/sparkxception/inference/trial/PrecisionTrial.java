package org.sparkxception.inference.trial;

import ai.djl.Device;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.spark.TaskContext;
import org.sparkxception.engine.BatchPredictor;
import org.sparkxception.engine.Calibrator;
import org.sparkxception.engine.ScoringModel;
import org.sparkxception.inference.DecodingNotes;
import org.sparkxception.inference.ExecutorModel;
import org.sparkxception.inference.ImagePreparer;
import org.sparkxception.inference.ImagePreparer.Ready;
import org.sparkxception.inference.MachineFaults;
import org.sparkxception.inference.NotedImages;
import org.sparkxception.inference.PartitionWork;
import org.sparkxception.inference.PipelineInput;
import org.sparkxception.inference.ScoringSettings;
import org.sparkxception.metrics.StatisticsAccumulator;
import org.sparkxception.model.Activation;
import org.sparkxception.model.Calibration;
import org.sparkxception.model.ClassScores;
import org.sparkxception.model.ModelBundle;
import org.sparkxception.model.Precision;

/**
 * Measures the effect of a lower precision on sample images, in one task: calibrates the model if int8 needs it, and compares its
 * scores with those in float32, on images not used for calibration. The float32 model is closed before the other one runs.
 */
public final class PrecisionTrial implements PartitionWork<PrecisionTrial.Result> {
    private static final long serialVersionUID = 1;

    /** Maximum number of images; if there are more, the first that can be decoded are used. */
    public static final int IMAGES = 96;

    /** Number of these images that are compared. */
    public static final int COMPARED = IMAGES - comparedFrom(IMAGES);

    /** Small, to save memory: other tasks can score at the same time. */
    private static final int BATCH_SIZE = 4;

    /** The result of a trial. */
    public static final class Result implements Serializable {
        private static final long serialVersionUID = 1;

        private final int images;
        private final byte[] calibration;
        private final Agreement agreement;

        public Result(int images, byte[] calibration, Agreement agreement) {
            this.images = images;
            this.calibration = calibration;
            this.agreement = agreement;
        }

        /** Number of images that were decoded, at most {@link #IMAGES}. */
        public int images() {
            return images;
        }

        /** The calibration, for {@link Calibration#read}; empty if none was needed, or no image could be decoded. */
        public byte[] calibration() {
            return calibration;
        }

        /** The agreement; over no images if the model has no classes, or no image could be decoded. */
        public Agreement agreement() {
            return agreement;
        }
    }

    private final ExecutorModel model;
    private final DecodingNotes notes;

    /**
     * Scores a sample with an executor's model.
     *
     * @param notes notes on images that might have crashed a process before and are decoded in separate processes
     */
    public PrecisionTrial(ExecutorModel model, DecodingNotes notes) {
        this.model = model;
        this.notes = notes;
    }

    @Override
    public Iterator<Result> process(Iterator<? extends PipelineInput> inputs) {
        TaskContext task = TaskContext.get();
        try {
            return List.of(tried(inputs, task)).iterator();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the precision trial was interrupted", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (OutOfMemoryError e) {
            throw MachineFaults.ofTask(e);
        }
    }

    /** Returns the pixels of the first images that can be decoded, in input order, so that a repeated trial has the same result. */
    private static List<byte[]> prepared(ScoringModel exact, ScoringSettings settings, NotedImages inputs)
            throws InterruptedException {
        List<byte[]> images = new ArrayList<>();
        try (ImagePreparer preparer = new ImagePreparer(settings, exact, inputs, new StatisticsAccumulator())) {
            while (images.size() < IMAGES && preparer.hasMore()) {
                List<PipelineInput> asked = new ArrayList<>();
                IdentityHashMap<PipelineInput, byte[]> ready = new IdentityHashMap<>();
                while (preparer.hasMore() && asked.size() < settings.batchSize()) {
                    asked.add(preparer.submit());
                }
                for (int i = 0; i < asked.size(); i++) {
                    if (preparer.take() instanceof Ready next) {
                        ready.put(next.image(), next.pixels());
                    }
                }
                asked.stream().filter(ready::containsKey).map(ready::get).forEach(images::add);
            }
        }
        return images.subList(0, Math.min(IMAGES, images.size()));
    }

    /** Index of the first image to compare; the images before it are for calibration. Up to 2 images are used for both. */
    private static int comparedFrom(int images) {
        return images < 3 ? 0 : images / 3;
    }

    private Result tried(Iterator<? extends PipelineInput> inputs, TaskContext task)
            throws InterruptedException, IOException {
        ScoringSettings settings = model.settings();
        ModelBundle bundle = model.bundle();
        Device device = model.device(task);
        Optional<Calibration> found = Optional.empty();
        List<byte[]> images;
        List<byte[]> compared;
        List<float[]> expected = List.of();
        try (ScoringModel exact = ScoringModel.load(bundle, Precision.FP32, device, false)) {
            images = prepared(exact, settings, NotedImages.of(inputs, Optional.of(notes), task));
            compared = images.subList(comparedFrom(images.size()), images.size());
            if (!images.isEmpty() && settings.mustCalibrate(bundle)) {
                int calibrating = Math.max(1, comparedFrom(images.size()));
                found = Optional.of(Calibrator.calibrate(bundle, exact, images.subList(0, calibrating)));
            }
            if (!bundle.labels().isEmpty()) {
                expected = scores(exact, compared);
            }
        }
        Agreement agreement = new Agreement();
        if (!expected.isEmpty()) {
            List<float[]> actual = found.isPresent()
                    ? scores(bundle.with(found.get()), device, compared)
                    : scores(model.loadFor(task), compared);
            for (int i = 0; i < actual.size(); i++) {
                agreement.add(expected.get(i), actual.get(i));
            }
        }
        return new Result(images.size(), found.map(Calibration::bytes).orElse(new byte[0]), agreement);
    }

    private List<float[]> scores(ModelBundle calibrated, Device device, List<byte[]> images) {
        try (ScoringModel lower = ScoringModel.load(calibrated, model.settings().precision(), device, false)) {
            return scores(lower, images);
        }
    }

    private List<float[]> scores(ScoringModel network, List<byte[]> images) {
        Activation chosen = model.settings().activation();
        Activation activation = chosen == Activation.NONE ? Activation.MODEL.resolve(network.network()) : chosen;
        ClassScores classScores = ClassScores.of(network.network(), activation);
        List<float[]> scores = new ArrayList<>();
        try (BatchPredictor predictor = network.newPredictor(BATCH_SIZE)) {
            for (int from = 0; from < images.size(); from += BATCH_SIZE) {
                List<byte[]> batch = images.subList(from, Math.min(from + BATCH_SIZE, images.size()));
                predictor.predict(batch).forEach(output -> scores.add(classScores.ofClasses(output.logits())));
            }
        }
        return scores;
    }
}
