package org.sparkxception.job;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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
 * Finds out, before a run scores, how far a precision below float32 agrees with float32 on a sample of the run's own images, and
 * calibrates the model on them if int8 needs it. A run that goes on takes what it found when it began.
 */
final class PrecisionCheck {
    private static final Logger LOG = LoggerFactory.getLogger(PrecisionCheck.class);

    /** Some cannot be decoded, perhaps. */
    private static final int SAMPLE = 2 * PrecisionTrial.IMAGES;

    private final JavaSparkContext context;
    private final RunDirectory run;
    private final JobSettings settings;
    private final ModelBundle model;

    PrecisionCheck(JavaSparkContext context, RunDirectory run, JobSettings settings, ModelBundle model) {
        this.context = context;
        this.run = run;
        this.settings = settings;
        this.model = model;
    }

    /**
     * The model to score with.
     *
     * @throws UserException (exit code 6) if the agreement is below what is asked for, or no image can calibrate the model
     */
    ModelBundle check(Plan plan, Planner planner, ImageSource source) throws IOException {
        boolean comparable = settings.scoring().precision() != Precision.FP32
                && !model.labels().isEmpty();
        if (!comparable && !settings.scoring().mustCalibrate(model)) {
            return model;
        }
        Optional<PrecisionFindings> before = run.precision();
        PrecisionFindings findings = before.isPresent() ? before.get() : tried(planner.sample(plan, SAMPLE), source);
        if (before.isEmpty()) {
            run.write(findings);
        }
        requireAgreement(findings.stated());
        return findings.calibration().length == 0 ? model : model.with(Calibration.read(findings.calibration()));
    }

    private PrecisionFindings tried(List<ImageRef> sample, ImageSource source) {
        long start = System.nanoTime();
        context.setJobDescription("compare " + settings.scoring().precision() + " with fp32");
        Broadcast<ModelBundle> bundle = context.broadcast(model);
        try {
            PrecisionTrial trial = new PrecisionTrial(bundle, settings.scoring());
            PrecisionTrial.Result result = SingleTask.of(
                            context,
                            source,
                            ofOneKind(sample),
                            settings.scoring().maxBytes(),
                            trial)
                    .first();
            boolean calibrated = result.calibration().length > 0;
            if (!calibrated && settings.scoring().mustCalibrate(model)) {
                throw new UserException(
                        ExitCode.MODEL,
                        "int8 has to be calibrated on images, and none of " + sample.size()
                                + " that were tried can be decoded: use another --precision, or import-model --calibrate");
            }
            LOG.info("precision tried in {} s", (System.nanoTime() - start) / 1_000_000_000);
            return new PrecisionFindings(stated(result.agreement(), calibrated), result.calibration());
        } catch (IOException e) {
            throw new IllegalStateException("the calibration of the model is damaged", e);
        } finally {
            bundle.destroy();
        }
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
