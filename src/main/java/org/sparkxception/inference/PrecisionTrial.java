package org.sparkxception.inference;

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
import org.apache.spark.broadcast.Broadcast;
import org.sparkxception.inference.ImagePreparer.Ready;
import org.sparkxception.model.Calibration;
import org.sparkxception.model.ModelBundle;
import org.sparkxception.model.Precision;

/**
 * What a lower precision does to some images, found out in one task: the model is calibrated, if int8 needs it, and its scores are
 * compared with those in float32, on other images than those that calibrate. The images are decoded in processes of their own: they come
 * first in a run, and one that ends a process would end every attempt.
 */
public final class PrecisionTrial implements PartitionWork<PrecisionTrial.Result> {
    private static final long serialVersionUID = 1;

    /** How many images suffice; of more, the first that can be decoded are taken. */
    public static final int IMAGES = 96;

    /** What was found out. */
    public static final class Result implements Serializable {
        private static final long serialVersionUID = 1;

        private final byte[] calibration;
        private final Agreement agreement;

        Result(byte[] calibration, Agreement agreement) {
            this.calibration = calibration;
            this.agreement = agreement;
        }

        /** See {@link Calibration#read}; empty, if none was needed, or no image could be decoded. */
        public byte[] calibration() {
            return calibration;
        }

        /** Of no images, if the model has no classes, or none could be decoded. */
        public Agreement agreement() {
            return agreement;
        }
    }

    private final Broadcast<ModelBundle> bundle;
    private final ScoringSettings settings;

    public PrecisionTrial(Broadcast<ModelBundle> bundle, ScoringSettings settings) {
        this.bundle = bundle;
        this.settings = settings;
    }

    @Override
    public Iterator<Result> of(Iterator<? extends PipelineInput> inputs) {
        TaskContext task = TaskContext.get();
        Device device = settings.device().device(task);
        TorchEngine.prepareThread(task.cpus());
        try (ScoringModel exact = ScoringModel.load(bundle.value(), Precision.FP32, device, false)) {
            return List.of(compare(exact, device, prepared(exact, inputs))).iterator();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the trial of the precision was interrupted", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The pixels of the first images that can be decoded, in the order they were given: a trial that is repeated finds the same. */
    private List<byte[]> prepared(ScoringModel model, Iterator<? extends PipelineInput> inputs)
            throws InterruptedException {
        List<byte[]> images = new ArrayList<>();
        try (ImagePreparer preparer = new ImagePreparer(settings, model, true, new StatisticsAccumulator())) {
            while (images.size() < IMAGES && inputs.hasNext()) {
                List<PipelineInput> asked = new ArrayList<>();
                IdentityHashMap<PipelineInput, byte[]> ready = new IdentityHashMap<>();
                while (inputs.hasNext() && asked.size() < settings.batchSize()) {
                    PipelineInput next = inputs.next();
                    preparer.submit(next);
                    asked.add(next);
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

    /** The images before this one calibrate, if need be, and those from it on are compared: of a few, all do both. */
    private static int comparedFrom(List<byte[]> images) {
        return images.size() < 3 ? 0 : images.size() / 3;
    }

    private Result compare(ScoringModel exact, Device device, List<byte[]> images) throws IOException {
        ModelBundle model = bundle.value();
        Optional<Calibration> found = Optional.empty();
        if (!images.isEmpty() && settings.mustCalibrate(model)) {
            int calibrating = Math.max(1, comparedFrom(images));
            found = Optional.of(Calibrator.calibrate(model, exact, images.subList(0, calibrating)));
        }
        Agreement agreement = new Agreement();
        if (!images.isEmpty() && !model.labels().isEmpty()) {
            ModelBundle calibrated = found.map(model::with).orElse(model);
            try (ScoringModel lower = ScoringModel.load(calibrated, settings.precision(), device, false)) {
                compare(exact, lower, images.subList(comparedFrom(images), images.size()), agreement);
            }
        }
        return new Result(found.map(Calibration::bytes).orElse(new byte[0]), agreement);
    }

    private void compare(ScoringModel exact, ScoringModel lower, List<byte[]> images, Agreement agreement) {
        Activation activation = settings.activation() == Activation.SIGMOID ? Activation.SIGMOID : Activation.SOFTMAX;
        try (BatchPredictor first = exact.newPredictor(settings.batchSize());
                BatchPredictor second = lower.newPredictor(settings.batchSize())) {
            for (int from = 0; from < images.size(); from += settings.batchSize()) {
                List<byte[]> batch = images.subList(from, Math.min(from + settings.batchSize(), images.size()));
                List<NetworkOutput> expected = first.predict(batch);
                List<NetworkOutput> actual = second.predict(batch);
                for (int i = 0; i < batch.size(); i++) {
                    float[] scores = expected.get(i).logits();
                    float[] others = actual.get(i).logits();
                    activation.apply(scores);
                    activation.apply(others);
                    agreement.add(scores, others);
                }
            }
        }
    }
}
