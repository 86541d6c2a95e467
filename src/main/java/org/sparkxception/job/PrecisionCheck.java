package org.sparkxception.job;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.inference.Agreement;
import org.sparkxception.inference.PrecisionTrial;
import org.sparkxception.model.Calibration;
import org.sparkxception.model.ModelBundle;
import org.sparkxception.model.Precision;
import org.sparkxception.report.RunReport;
import org.sparkxception.source.ImageRef;
import org.sparkxception.source.ImageSource;

/**
 * Finds out how far a precision below float32 agrees with float32 on a sample of the run's own images, and calibrates the model on them
 * if int8 needs it. Where scoring depends on it, that comes first; else it goes on beside the scoring, for the report alone. A run that
 * goes on takes what it found when it began.
 */
final class PrecisionCheck implements AutoCloseable {
    /** Some cannot be decoded, perhaps. */
    private static final int SAMPLE = 2 * PrecisionTrial.IMAGES;

    private final JavaSparkContext context;
    private final RunDirectory run;
    private final JobSettings settings;
    private final ModelBundle model;
    private final Preflight preflight;
    private final boolean resumed;
    private Optional<JavaFutureAction<List<PrecisionTrial.Result>>> trial = Optional.empty();

    /** @param resumed whether an earlier process began the run: one of the images may have ended it */
    PrecisionCheck(
            JavaSparkContext context,
            RunDirectory run,
            JobSettings settings,
            ModelBundle model,
            Preflight preflight,
            boolean resumed) {
        this.context = context;
        this.run = run;
        this.settings = settings;
        this.model = model;
        this.preflight = preflight;
        this.resumed = resumed;
    }

    /**
     * The model to score with. What is not known of it yet is found out meanwhile; {@link #finish} waits for it. A second call begins nothing.
     *
     * @throws UserException (exit code 6) if the agreement is below what is asked for, or no image can calibrate the model
     */
    ModelBundle begin(Plan plan, Planner planner, ImageSource source) throws IOException, InterruptedException {
        boolean comparable = settings.scoring().precision() != Precision.FP32
                && !model.labels().isEmpty();
        if (trial.isPresent() || (!comparable && !settings.scoring().mustCalibrate(model))) {
            return model;
        }
        if (run.precision().isEmpty()) {
            begin(planner.sample(plan, SAMPLE), source);
            if (settings.minAgreement() == 0 && !settings.scoring().mustCalibrate(model)) {
                return model;
            }
            finish();
        }
        PrecisionFindings findings = run.precision().orElseThrow();
        requireAgreement(findings.stated());
        return findings.calibration().length == 0 ? model : model.with(Calibration.read(findings.calibration()));
    }

    private void begin(List<ImageRef> sample, ImageSource source) {
        context.setJobDescription("compare " + settings.scoring().precision() + " with fp32");
        trial = Optional.of(SingleTask.of(
                        context,
                        source,
                        ofOneKind(sample),
                        settings.scoring().maxBytes(),
                        new PrecisionTrial(preflight.sent(model), resumed))
                .collectAsync());
        context.setJobDescription(null);
    }

    /**
     * Waits for what is still being found out, and keeps it in the run's directory.
     *
     * @throws UserException (exit code 6) if no image can calibrate the model
     * @throws ChunkFailedException if it cannot be found out
     */
    void finish() throws IOException, InterruptedException {
        if (trial.isEmpty()) {
            return;
        }
        try {
            PrecisionTrial.Result result = trial.get().get().get(0);
            boolean calibrated = result.calibration().length > 0;
            if (!calibrated && settings.scoring().mustCalibrate(model)) {
                throw new UserException(
                        ExitCode.MODEL,
                        "int8 has to be calibrated on images, and none of those that were tried can be decoded: use another"
                                + " --precision, or import-model --calibrate");
            }
            run.write(new PrecisionFindings(stated(result.agreement(), calibrated), result.calibration()));
        } catch (ExecutionException e) {
            throw new ChunkFailedException(e.getCause());
        } finally {
            close();
        }
    }

    @Override
    public void close() {
        trial.ifPresent(begun -> begun.cancel(true));
        trial = Optional.empty();
    }

    /** A trial is of one task: where there are records, it is of them. */
    private static List<ImageRef> ofOneKind(List<ImageRef> sample) {
        List<ImageRef> records = sample.stream().filter(ImageRef::isRecord).toList();
        return records.isEmpty() ? sample : records;
    }

    private RunReport.Precision stated(Agreement agreement, boolean calibrated) {
        boolean compared = agreement.images() > 0;
        return new RunReport.Precision(
                settings.scoring().precision().toString(),
                calibrated,
                agreement.images(),
                compared ? agreement.top1() : 1,
                compared ? agreement.top5() : 1,
                compared ? agreement.meanDifference() : 0,
                agreement.largestDifference());
    }

    private void requireAgreement(RunReport.Precision stated) {
        if (stated.top1() < settings.minAgreement()) {
            throw new UserException(
                    ExitCode.MODEL,
                    String.format(
                            Locale.ROOT,
                            "at %s the best class is that of fp32 in %.4f of %d sample images, where --min-agreement asks for"
                                    + " %s: use another --precision",
                            stated.name(),
                            stated.top1(),
                            stated.images(),
                            settings.minAgreement()));
        }
    }
}
