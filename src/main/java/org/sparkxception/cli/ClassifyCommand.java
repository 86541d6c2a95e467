package org.sparkxception.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.sparkxception.ExitCode;
import org.sparkxception.inference.ScoringSettings;
import org.sparkxception.job.ClassifyJob;
import org.sparkxception.job.JobSettings;
import org.sparkxception.job.Outcome;
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
        SparkSession session = spark.open();
        try {
            return classify(session, settings);
        } finally {
            Sessions.close(session);
        }
    }

    String output() {
        return output.output();
    }

    int classify(SparkSession session, JobSettings settings) throws IOException, InterruptedException {
        ModelBundle bundle = scores.readModel(session.sparkContext().hadoopConfiguration());
        Outcome outcome = new ClassifyJob(session, settings, bundle).run();
        if (!general.isQuiet()) {
            print(outcome);
        }
        outcome.fault().ifPresent(fault -> {
            throw fault;
        });
        return ExitCode.COMPLETE.code();
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
