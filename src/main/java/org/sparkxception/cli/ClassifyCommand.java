package org.sparkxception.cli;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.sparkxception.ExitCode;
import org.sparkxception.cli.Explanation.Retry;
import org.sparkxception.inference.ScoringSettings;
import org.sparkxception.job.ClassifyJob;
import org.sparkxception.job.JobSettings;
import org.sparkxception.job.Outcome;
import org.sparkxception.job.ResultFiles;
import org.sparkxception.lineage.Destination;
import org.sparkxception.lineage.Lineage;
import org.sparkxception.lineage.WrittenData;
import org.sparkxception.model.ModelBundle;
import org.sparkxception.report.Summary;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Classifies the images of a dataset. */
@Command(
        name = ClassifyCommand.NAME,
        customSynopsis = "spark-xception classify --input=URI --output=URI [OPTIONS]",
        description = "Classifies the images of a dataset and writes class scores as Parquet, one row per image.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example: the three best classes of each image in a bucket",
            "  spark-xception classify --input s3a://photos --output s3a://scores --top-k 3"
        })
final class ClassifyCommand implements Callable<Integer> {
    static final String NAME = "classify";

    @Mixin
    private InputOptions input;

    @Mixin
    private ScoreOptions scores;

    @Mixin
    private SpeedOptions speed;

    @Mixin
    private OutputOptions output;

    @Mixin
    private SparkOptions spark;

    @Mixin
    private GeneralOptions general;

    @Override
    public Integer call() throws IOException, InterruptedException {
        general.configureLog();
        JobSettings settings = settings();
        Optional<Destination> destination = general.lineage();
        SparkSession session = spark.open();
        try {
            return classify(session, settings, destination);
        } finally {
            Sessions.close(session);
        }
    }

    String output() {
        return output.output();
    }

    int classify(SparkSession session, JobSettings settings, Optional<Destination> destination)
            throws IOException, InterruptedException {
        Optional<Lineage> lineage = destination.map(
                where -> Lineage.start(where, session, settings.inputs(), settings.output(), System.getenv()));
        Outcome outcome = run(session, settings, lineage);
        lineage.ifPresent(run -> reportEnd(run, outcome, session.sparkContext().hadoopConfiguration()));
        if (!general.isQuiet()) {
            print(outcome);
        }
        outcome.fault().ifPresent(fault -> {
            throw fault;
        });
        return ExitCode.COMPLETE.code();
    }

    private Outcome run(SparkSession session, JobSettings settings, Optional<Lineage> lineage)
            throws IOException, InterruptedException {
        try {
            ModelBundle bundle = scores.readModel(session.sparkContext().hadoopConfiguration());
            return new ClassifyJob(session, settings, bundle).run();
        } catch (Throwable e) {
            lineage.ifPresent(started -> started.fail(sentence(e), Optional.empty()));
            throw e;
        }
    }

    private static void reportEnd(Lineage lineage, Outcome outcome, Configuration configuration) {
        Lineage.Reading written = () -> {
            ResultFiles files = ResultFiles.of(outcome.report().output(), configuration);
            return new WrittenData(outcome.report(), outcome.columns(), files.count(), files.bytes());
        };
        outcome.fault()
                .ifPresentOrElse(
                        fault -> lineage.fail(sentence(fault), Optional.of(written)), () -> lineage.complete(written));
    }

    private static String sentence(Throwable fault) {
        return Explanation.of(fault, Retry.RESUME).sentence();
    }

    private static void print(Outcome outcome) {
        if (outcome.nothingLeft()) {
            System.out.println("Nothing to do: the output is already complete.");
        }
        if (outcome.unplanned() > 0) {
            System.out.printf(
                    "The input contains %,d new or changed images: use --mode update to score them.%n",
                    outcome.unplanned());
        }
        System.out.print(Summary.of(outcome.report(), outcome.reportPath(), outcome.htmlPath()));
    }

    JobSettings settings() {
        ScoringSettings.Builder scoring = ScoringSettings.builder();
        input.addTo(scoring);
        scores.addTo(scoring);
        speed.addTo(scoring);
        JobSettings.Builder job = JobSettings.builder(input.inputs(), output.output())
                .source(input.source())
                .scoring(scoring.build());
        scores.addTo(job);
        speed.addTo(job);
        output.addTo(job);
        return job.build();
    }
}
