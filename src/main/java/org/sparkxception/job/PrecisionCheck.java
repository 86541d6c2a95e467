package org.sparkxception.job;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.IntFunction;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.inference.DecodingNotes;
import org.sparkxception.inference.trial.Agreement;
import org.sparkxception.inference.trial.PrecisionTrial;
import org.sparkxception.model.Calibration;
import org.sparkxception.model.ModelBundle;
import org.sparkxception.model.Precision;
import org.sparkxception.report.RunReport;
import org.sparkxception.source.dataset.ImageRef;
import org.sparkxception.source.dataset.ImageSource;

/**
 * Measures how well a precision below float32 agrees with float32 on a sample of the run's own images, and calibrates the model on them
 * if int8 needs it. If scoring depends on the result, this is done first; otherwise it runs concurrently with scoring, only for the
 * report. A resumed run uses the findings of its first start.
 */
final class PrecisionCheck implements AutoCloseable {
    /** Size of the first sample: enough even if a quarter of the images cannot be decoded. */
    private static final int FIRST_SAMPLE = PrecisionTrial.IMAGES / 3 * 4;

    /** If too few images could be decoded, the sample grows by this factor, repeatedly, up to the largest sample. */
    private static final int GROWTH = 4;

    private static final int LARGEST_SAMPLE = FIRST_SAMPLE * GROWTH * GROWTH * GROWTH;

    /**
     * A trial in progress.
     *
     * @param asked requested size of the sample
     * @param tried actual size of the sample; less than {@code asked} if the input has fewer images
     * @param next starts another trial with a sample of the given size
     */
    private record Trial(
            int asked, int tried, JavaFutureAction<List<PrecisionTrial.Result>> result, IntFunction<Trial> next) {
        boolean mayTryMore() {
            return tried == asked && asked < LARGEST_SAMPLE;
        }
    }

    private final JavaSparkContext context;
    private final RunDirectory run;
    private final JobSettings settings;
    private final ModelBundle model;
    private final Preflight preflight;
    private Optional<Trial> trial = Optional.empty();

    PrecisionCheck(
            JavaSparkContext context, RunDirectory run, JobSettings settings, ModelBundle model, Preflight preflight) {
        this.context = context;
        this.run = run;
        this.settings = settings;
        this.model = model;
        this.preflight = preflight;
    }

    /**
     * Returns the model to score with, and starts a trial if one is needed; {@link #finish} waits for it. A second call does not start
     * another one.
     *
     * @throws UserException (exit code 6) if the agreement is below the required one or based on too few images, or if no image can
     *     calibrate the model
     */
    ModelBundle begin(Plan plan, Planner planner, ImageSource source) throws IOException, InterruptedException {
        boolean comparable = settings.scoring().precision() != Precision.FP32
                && !model.labels().isEmpty();
        if (trial.isPresent() || (!comparable && !settings.scoring().mustCalibrate(model))) {
            return model;
        }
        if (run.precision().isEmpty()) {
            trial = Optional.of(begin(FIRST_SAMPLE, count -> planner.sample(plan, count), source, notes()));
            if (settings.minAgreement() == 0 && !settings.scoring().mustCalibrate(model)) {
                return model;
            }
            finish();
        }
        PrecisionFindings findings = run.precision().orElseThrow();
        requireAgreement(findings.stated());
        return findings.calibration().length == 0 ? model : model.with(Calibration.read(findings.calibration()));
    }

    private Trial begin(int asked, IntFunction<List<ImageRef>> sampler, ImageSource source, DecodingNotes notes) {
        List<ImageRef> sample = sampler.apply(asked);
        context.setJobDescription("compare " + settings.scoring().precision() + " with fp32");
        JavaFutureAction<List<PrecisionTrial.Result>> result = SingleTask.of(
                        context,
                        source,
                        sample,
                        settings.scoring().maxBytes(),
                        new PrecisionTrial(preflight.broadcast(model), notes))
                .collectAsync();
        context.setJobDescription(null);
        return new Trial(asked, sample.size(), result, more -> begin(more, sampler, source, notes));
    }

    private DecodingNotes notes() throws IOException {
        return DecodingNotes.in(
                run.decodingNotes("precision"), new SerializableConfiguration(context.hadoopConfiguration()));
    }

    /**
     * Waits for a trial in progress, and stores its findings in the run's directory.
     *
     * @throws UserException (exit code 6) if no image can calibrate the model
     * @throws ChunkFailedException if the trial fails
     */
    void finish() throws IOException, InterruptedException {
        if (trial.isEmpty()) {
            return;
        }
        try {
            PrecisionTrial.Result result = trial.get().result().get().get(0);
            while (result.images() < PrecisionTrial.IMAGES && trial.get().mayTryMore()) {
                trial = Optional.of(trial.get().next().apply(trial.get().asked() * GROWTH));
                result = trial.get().result().get().get(0);
            }
            boolean calibrated = result.calibration().length > 0;
            if (!calibrated && settings.scoring().mustCalibrate(model)) {
                throw new UserException(
                        ExitCode.MODEL,
                        "int8 calibration failed: no sample image (%,d tried) can be decoded. Use another `precision`, or import the model with `calibrate`"
                                .formatted(trial.get().tried()));
            }
            run.write(new PrecisionFindings(
                    stated(result.agreement(), calibrated, trial.get().tried()), result.calibration()));
        } catch (ExecutionException e) {
            throw new ChunkFailedException(e.getCause());
        } finally {
            close();
        }
    }

    @Override
    public void close() {
        trial.ifPresent(begun -> begun.result().cancel(true));
        trial = Optional.empty();
    }

    private RunReport.Precision stated(Agreement agreement, boolean calibrated, int tried) {
        String name = settings.scoring().precision().toString();
        return agreement.images() == 0
                ? RunReport.Precision.alone(name, calibrated, tried)
                : new RunReport.Precision(
                        name,
                        calibrated,
                        agreement.images(),
                        tried,
                        agreement.top1(),
                        agreement.top5(),
                        agreement.meanDifference(),
                        agreement.largestDifference());
    }

    private void requireAgreement(RunReport.Precision stated) {
        if (settings.minAgreement() == 0) {
            return;
        }
        boolean tooFew = stated.images() < PrecisionTrial.COMPARED && stated.tried() >= LARGEST_SAMPLE;
        if (stated.images() == 0 || tooFew) {
            throw new UserException(
                    ExitCode.MODEL,
                    String.format(
                            Locale.ROOT,
                            "`min-agreement` cannot be checked: of the images tried (%,d), %s. Check the input, or"
                                    + " omit it",
                            stated.tried(),
                            stated.images() == 0
                                    ? "none can be decoded"
                                    : "only %d can be decoded and compared with fp32, but %d are needed"
                                            .formatted(stated.images(), PrecisionTrial.COMPARED)));
        }
        if (stated.top1() < settings.minAgreement()) {
            throw new UserException(
                    ExitCode.MODEL,
                    String.format(
                            Locale.ROOT,
                            "at %s, the best class matches fp32 for %.4f of %d sample images, but `min-agreement`"
                                    + " requires %s: use another `precision`",
                            stated.name(),
                            stated.top1(),
                            stated.images(),
                            settings.minAgreement()));
        }
    }
}
