package org.sparkxception.job;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.IntFunction;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;
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
    private final Run run;
    private final RunDirectory directory;
    private final JobSettings settings;
    private final ModelBundle model;
    private final Preflight preflight;
    private Optional<Trial> trial = Optional.empty();

    PrecisionCheck(Run run, Preflight preflight) {
        this.context = run.context();
        this.run = run;
        this.directory = run.directory();
        this.settings = run.settings();
        this.model = run.model();
        this.preflight = preflight;
    }

    /**
     * Starts the check, and waits for it if scoring depends on it.
     *
     * @return the model, calibrated if it needs to be
     * @throws UserException (exit code 6) if the agreement is below the required one or based on too few images, or if no image can
     *     calibrate the model
     * @throws TaskFailedException if the check fails
     */
    ModelBundle modelForScoring() throws IOException, InterruptedException {
        start();
        if (!decidesOnScoring()) {
            return model;
        }
        await();
        requireAgreement();
        byte[] calibration = directory.precision().orElseThrow().calibration();
        return calibration.length == 0 ? model : model.with(Calibration.read(calibration));
    }

    /**
     * Completes the check, for the report. An output that is complete already has its findings.
     *
     * @throws UserException (exit code 6) as in {@link #modelForScoring}
     * @throws TaskFailedException if the check fails
     */
    void finish() throws IOException, InterruptedException {
        if (!directory.isComplete()) {
            start();
            await();
            requireAgreement();
        }
    }

    private boolean isNeeded() throws IOException {
        boolean comparable = settings.scoring().precision() != Precision.FP32
                && !model.labels().isEmpty();
        return comparable || settings.scoring().mustCalibrate(model);
    }

    private boolean decidesOnScoring() throws IOException {
        return isNeeded() && (settings.minAgreement() > 0 || settings.scoring().mustCalibrate(model));
    }

    /** Starts a trial, unless it is not needed, in progress, or done. */
    private void start() throws IOException {
        if (isNeeded() && trial.isEmpty() && directory.precision().isEmpty()) {
            trial = Optional.of(startTrial(FIRST_SAMPLE, run.sampler(), notes()));
        }
    }

    private Trial startTrial(int asked, IntFunction<List<ImageRef>> sampler, DecodingNotes notes) {
        List<ImageRef> sample = sampler.apply(asked);
        context.setJobDescription("compare " + settings.scoring().precision() + " with fp32");
        JavaFutureAction<List<PrecisionTrial.Result>> result = new ImageTasks(run)
                .single(sample, new PrecisionTrial(preflight.broadcast(model), notes))
                .collectAsync();
        context.setJobDescription(null);
        return new Trial(asked, sample.size(), result, more -> startTrial(more, sampler, notes));
    }

    private DecodingNotes notes() throws IOException {
        return DecodingNotes.in(directory.decodingNotes("precision"), run.storage());
    }

    /** Waits for a trial in progress, and stores its findings in the run's directory. */
    private void await() throws IOException, InterruptedException {
        if (trial.isEmpty()) {
            return;
        }
        try {
            PrecisionTrial.Result result = trial.get().result().get().get(0);
            while (result.images() < PrecisionTrial.IMAGES && trial.get().mayTryMore()) {
                trial = Optional.of(trial.get().next().apply(trial.get().asked() * GROWTH));
                result = trial.get().result().get().get(0);
            }
            store(result, trial.get().tried());
        } catch (ExecutionException e) {
            throw new TaskFailedException(e.getCause());
        } finally {
            close();
        }
    }

    private void store(PrecisionTrial.Result result, int tried) throws IOException {
        boolean calibrated = result.calibration().length > 0;
        if (!calibrated && settings.scoring().mustCalibrate(model)) {
            throw new UserException(
                    ExitCode.MODEL,
                    "int8 calibration failed: no sample image (%,d tried) can be decoded. Use another `precision`, or import the model with `calibrate`"
                            .formatted(tried));
        }
        directory.write(new PrecisionFindings(stated(result.agreement(), calibrated, tried), result.calibration()));
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

    private void requireAgreement() throws IOException {
        if (settings.minAgreement() > 0 && isNeeded()) {
            requireAgreement(directory.precision().orElseThrow().stated());
        }
    }

    private void requireAgreement(RunReport.Precision stated) {
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
