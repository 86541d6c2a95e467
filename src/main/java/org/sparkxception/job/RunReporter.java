package org.sparkxception.job;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.Version;
import org.sparkxception.inference.ScoringSettings;
import org.sparkxception.model.ModelBundle;
import org.sparkxception.readback.Evaluator;
import org.sparkxception.readback.ResultSummary;
import org.sparkxception.report.Evaluation;
import org.sparkxception.report.HtmlReport;
import org.sparkxception.report.RunDetails;
import org.sparkxception.report.RunReport;

/** Reads the results of a run back, reports on them, and completes the output. */
final class RunReporter {
    private final Run run;
    private final RunMeter meter;
    private final Preflight preflight;
    private final ModelBundle model;
    private final JobSettings settings;
    private final ScoringSettings scoring;
    private final RunDirectory directory;
    private final Dataset<Row> results;
    private final ResultSummary summary;
    private final Evaluation evaluation;
    private final Optional<UserException> fault;

    private RunReporter(Run run, RunMeter meter, Preflight preflight) throws IOException {
        this.run = run;
        this.meter = meter;
        this.preflight = preflight;
        this.model = run.model();
        this.settings = run.settings();
        this.scoring = settings.scoring();
        this.directory = run.directory();
        this.results = run.results();
        this.summary = ResultSummary.of(results, model.classNames(), scoring.activation());
        RowCheck.require(run.plan(), summary.rowsByChunk(), directory.root());
        this.evaluation = evaluation();
        this.fault = FailureLimit.exceeded(summary.images(), evaluation, settings.maxFailedFraction());
    }

    /**
     * Reads the results of a run whose chunks are all complete.
     *
     * @throws UserException (exit code 5) if a reader would see rows that this run did not write
     */
    static RunReporter read(Run run, RunMeter meter, Preflight preflight) throws IOException {
        return new RunReporter(run, meter, preflight);
    }

    /** Reports on an output that an earlier run has completed, and writes nothing. */
    Outcome repeat() throws IOException {
        return outcome(report(), true, run.unplanned());
    }

    /** Writes the reports and marks the output as complete, unless it was complete and still is the same. */
    Outcome finish() throws IOException, InterruptedException {
        RunReport report = report();
        boolean nothingLeft = meter.chunks() == 0 && directory.isComplete();
        if (!nothingLeft) {
            Exemplars exemplars = new Exemplars(summary);
            exemplars.picture(run);
            directory.writeReport(report, HtmlReport.of(report, details(exemplars)));
            directory.complete();
        }
        return outcome(report, nothingLeft, 0);
    }

    private Outcome outcome(RunReport report, boolean nothingLeft, long unplanned) throws IOException {
        return new Outcome(
                report, directory.reportPath(), directory.htmlPath(), nothingLeft, unplanned, results.schema(), fault);
    }

    private RunReport report() throws IOException {
        RunIdentity identity = run.identity();
        return new RunReport(
                directory.root(),
                meter.startedAt(),
                Instant.now(),
                RunReport.Ending.of(fault.map(UserException::exitCode).orElse(ExitCode.COMPLETE)),
                settings.mode().label(),
                limits(),
                summary.images(),
                evaluation,
                meter.speed(),
                meter.model(settings.modelName(), model.fingerprint()),
                precision(),
                plan(),
                executors(),
                meter.stages(),
                identity.fingerprint(),
                new RunReport.Settings(identity.scoring(), identity.planning()),
                Map.of(
                        "spark-xception",
                        Version.current(),
                        "spark",
                        run.spark().version(),
                        "java",
                        Runtime.version().toString()));
    }

    private RunReport.Limits limits() {
        return new RunReport.Limits(
                settings.chunkImages(),
                settings.chunkBytes(),
                scoring.maxPixels(),
                scoring.maxBytes(),
                settings.maxFailedFraction(),
                settings.minAgreement());
    }

    private Evaluation evaluation() {
        return settings.source().hasTruth()
                ? Evaluator.of(
                        results,
                        summary,
                        model.classNames(),
                        scoring.topK(),
                        run.classScores().kind())
                : Evaluation.none();
    }

    private RunReport.Precision precision() throws IOException {
        return directory
                .precision()
                .map(PrecisionFindings::stated)
                .orElseGet(() -> RunReport.Precision.alone(scoring.precision().toString(), false, 0));
    }

    private RunReport.Plan plan() {
        Plan plan = run.plan();
        int chunks = plan.chunks().size();
        return new RunReport.Plan(
                plan.images(),
                plan.bytes(),
                chunks,
                chunks - meter.chunks(),
                plan.sum(Generation::duplicates),
                plan.sum(Generation::hidden),
                plan.sum(Generation::excluded));
    }

    private List<RunReport.Executor> executors() {
        return preflight.facts().stream()
                .map(fact -> new RunReport.Executor(
                        fact.executor(), fact.host(), fact.device(), fact.engine(), fact.program()))
                .toList();
    }

    private RunDetails details(Exemplars exemplars) {
        return new RunDetails(
                summary.failuresByStatus(),
                summary.classes(),
                summary.scoreBins(),
                exemplars.leastCertain(),
                exemplars.mostCertain(),
                meter.rates());
    }
}
