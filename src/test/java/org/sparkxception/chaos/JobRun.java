package org.sparkxception.chaos;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkExecutorInfo;
import org.apache.spark.sql.SparkSession;
import org.sparkxception.TestModels;
import org.sparkxception.UserException;
import org.sparkxception.inference.ScoringSettings;
import org.sparkxception.job.ClassifyJob;
import org.sparkxception.job.JobSettings;
import org.sparkxception.job.Mode;
import org.sparkxception.model.ModelBundle;

/** Jobs of this JVM on a few small images, in a Spark session that outlives them. */
final class JobRun {
    /** How many predictions a row has: runs of other numbers are other runs. */
    static final int OLD = 2;

    static final int NEW = 3;

    static final int IMAGES_A_CHUNK = 3;

    /** No process has it. */
    private static final String DEAD = "\"process\":2147483647";

    private final SparkSession spark;
    private final java.nio.file.Path images;
    private final ModelBundle model;

    /** How a run ended. */
    record Ended(int code, String message) {
        @Override
        public String toString() {
            return code + ": " + message;
        }
    }

    JobRun(SparkSession spark, java.nio.file.Path images) throws IOException {
        this.spark = spark;
        this.images = images;
        this.model = TestModels.tiny(7);
    }

    Ended run(Mode mode, int topK, Path output) throws InterruptedException {
        JobSettings settings = JobSettings.builder(List.of(images.toString()), output.toString())
                .mode(mode)
                .chunkImages(IMAGES_A_CHUNK)
                .maxFailedFraction(1)
                .scoring(ScoringSettings.builder().topK(topK).build())
                .build();
        try {
            return new Ended(
                    new ClassifyJob(spark, settings, model).run().exitCode().code(), "");
        } catch (UserException e) {
            return new Ended(e.exitCode().code(), e.getMessage());
        } catch (Exception e) { // Spark throws checked ones that it does not declare
            return new Ended(1, e.toString());
        } finally {
            awaitTasks();
        }
    }

    /** Ends what a job that failed left to run. */
    private void awaitTasks() throws InterruptedException {
        spark.sparkContext().cancelAllJobs();
        while (Arrays.stream(spark.sparkContext().statusTracker().getExecutorInfos())
                .mapToInt(SparkExecutorInfo::numRunningTasks)
                .anyMatch(tasks -> tasks > 0)) {
            Thread.sleep(10);
        }
    }

    /** Makes a lock that is still held one of a process that died on this machine. */
    static void killed(FileSystem storage, Path output) throws IOException {
        FileStatus[] locks = storage.globStatus(new Path(output, "_run/lock*"));
        for (FileStatus lock : locks == null ? new FileStatus[0] : locks) {
            String content;
            try (InputStream stream = storage.open(lock.getPath())) {
                content = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            }
            String dead = content.replaceFirst("\"process\"\\s*:\\s*\\d+", DEAD);
            if (!dead.equals(content)) {
                try (OutputStream stream = storage.create(lock.getPath(), true)) {
                    stream.write(dead.getBytes(StandardCharsets.UTF_8));
                }
            }
        }
    }
}
