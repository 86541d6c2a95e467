package org.sparkxception.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.protocol.HdfsConstants;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkxception.Launched;
import org.sparkxception.LongTest;
import org.sparkxception.TestSpark;
import org.sparkxception.storage.FlakyS3;
import org.sparkxception.storage.HdfsServer;
import org.sparkxception.storage.S3ProxyServer;
import org.sparkxception.storage.TestStorage;

/** A storage that goes away, or is full, in the middle of a run ends it, and no image suffers: the next run completes it. */
@LongTest
class StorageOutageIT {
    private static final java.nio.file.Path IMAGES = java.nio.file.Path.of("sample-data/images");
    private static final int SAMPLES = 246;

    @TempDir
    java.nio.file.Path folder;

    @Test
    void anOutageMakesNoImageUnreadable() throws Exception {
        S3ProxyServer real = new S3ProxyServer();
        try (FlakyS3 network = FlakyS3.inFrontOf(real).start();
                FileSystem there = real.fileSystem()) {
            Path input = real.fresh("images");
            FileUtil.copy(IMAGES.toFile(), there, input, false, real.configuration());
            Path output = real.fresh("scores");
            // With the job's own settings it waits for two minutes before it gives up.
            Launched first = launch(
                    "first",
                    network,
                    input.toString(),
                    output,
                    "--spark-conf=spark.hadoop.fs.s3a.retry.limit=1",
                    "--spark-conf=spark.hadoop.fs.s3a.attempts.maximum=1");
            await(first, there, new Path(output, "chunk=00000/_SUCCESS"));

            network.cut();

            assertThat(first.exitCode()).as(first.output()).isEqualTo(1);
            assertThat(first.output()).contains("the storage drops connections: check that it is running");
            assertThat(there.exists(new Path(output, "_SUCCESS"))).isFalse();
            network.restore();
            Launched second = launch("second", network, input.toString(), output);
            assertThat(second.exitCode()).as(second.output()).isZero();
            assertEachImageOnce(there, output);
        }
    }

    @Test
    void aFullStorageEndsTheRunWithAWordOfIt() throws Exception {
        try (HdfsServer hdfs = new HdfsServer();
                FileSystem there = hdfs.fileSystem()) {
            Path output = hdfs.fresh("scores");
            Launched first = launch("first", hdfs, IMAGES.toString(), output);
            await(first, there, new Path(output, "chunk=00000/_SUCCESS"));

            quota(there, output, there.getContentSummary(output).getSpaceConsumed() + 1);

            assertThat(first.exitCode()).as(first.output()).isEqualTo(1);
            assertThat(first.output())
                    .contains("spark-xception: " + output
                            + ": it is full, or its quota is exceeded: free up space, or request more. Complete chunks"
                            + " are kept: once this is fixed, run the same command again to resume");
            assertThat(there.exists(new Path(output, "_SUCCESS"))).isFalse();
            quota(there, output, HdfsConstants.QUOTA_RESET);
            Launched second = launch("second", hdfs, IMAGES.toString(), output);
            assertThat(second.exitCode()).as(second.output()).isZero();
            assertEachImageOnce(there, output);
        }
    }

    private static void quota(FileSystem there, Path directory, long bytes) throws IOException {
        ((DistributedFileSystem) there).setQuota(directory, HdfsConstants.QUOTA_DONT_SET, bytes);
    }

    private Launched launch(String name, TestStorage storage, String input, Path output, String... others)
            throws IOException {
        List<String> arguments = new ArrayList<>(List.of("classify", "--master", "local[2,2]", "--chunk-images", "12"));
        arguments.addAll(List.of("--input", input, "--output", output.toString()));
        arguments.addAll(storage.launcherArguments());
        arguments.addAll(List.of(others));
        return Launched.start(folder.resolve(name + ".log"), storage.environment(), arguments);
    }

    private static void await(Launched run, FileSystem there, Path file) throws Exception {
        while (!there.exists(file)) {
            assertThat(run.process().isAlive()).as(run.output()).isTrue();
            Thread.sleep(50);
        }
    }

    private void assertEachImageOnce(FileSystem there, Path output) throws IOException {
        java.nio.file.Path copy = folder.resolve("scores");
        FileUtil.copy(there, output, copy.toFile(), false, there.getConf());
        Dataset<Row> rows = TestSpark.session().read().parquet(copy.toString());
        assertThat(rows.count()).isEqualTo(SAMPLES);
        assertThat(rows.select("path").distinct().count()).isEqualTo(SAMPLES);
        assertThat(rows.filter("status = 'ok'").count()).isEqualTo(240);
        assertThat(rows.filter("status = 'unreadable'").count()).isZero();
    }
}
