package org.sparkxception.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.amazon.ws.emr.hadoop.fs.EmrFileSystem;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.s3a.S3AFileSystem;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;

class CommitterCheckTest {
    private static final Path ON_S3 = new Path("s3a://bucket/scores");
    private static final String SAFE = StorageCommitProtocol.class.getName();
    private static final String UNSAFE = "org.apache.spark.sql.execution.datasources.SQLHadoopMapReduceCommitProtocol";

    private final Configuration configuration = new Configuration();

    /** A protocol of a user's own. */
    static class OwnProtocol extends StorageCommitProtocol {
        private static final long serialVersionUID = 1;

        OwnProtocol() {
            super("job", "s3a://bucket/scores", false);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"magic", "directory", "partitioned"})
    void theCommittersOfS3aAreSafe(String name) {
        configuration.set("fs.s3a.committer.name", name);

        assertThatCode(() -> CommitterCheck.check(new S3AFileSystem(), ON_S3, SAFE, configuration))
                .doesNotThrowAnyException();
    }

    @Test
    void aProtocolThatExtendsOursIsSafe() {
        configuration.set("fs.s3a.committer.name", "magic");

        assertThatCode(() ->
                        CommitterCheck.check(new S3AFileSystem(), ON_S3, OwnProtocol.class.getName(), configuration))
                .doesNotThrowAnyException();
    }

    @Test
    void theCommitterThatRenamesIsRefused() {
        configuration.set("fs.s3a.committer.name", "file");

        refused(SAFE, "the committer file");
    }

    @Test
    void theCommitterOfTheBucketIsTheOneThatCounts() {
        configuration.set("fs.s3a.committer.name", "magic");
        configuration.set("fs.s3a.bucket.bucket.committer.name", "file");

        refused(SAFE, "the committer file");
    }

    @Test
    void aMagicCommitterThatIsSwitchedOffIsRefused() {
        configuration.set("fs.s3a.committer.name", "magic");
        configuration.set("fs.s3a.committer.magic.enabled", "false");

        refused(SAFE, "fs.s3a.committer.magic.enabled=false");
    }

    @Test
    void anotherFactoryOfCommittersIsRefused() {
        configuration.set("fs.s3a.committer.name", "magic");
        configuration.set(
                "mapreduce.outputcommitter.factory.class",
                "org.apache.hadoop.mapreduce.lib.output.FileOutputCommitterFactory");

        refused(SAFE, "the committer factory org.apache.hadoop.mapreduce.lib.output.FileOutputCommitterFactory");
    }

    @Test
    void sparksUsualProtocolIsRefused() {
        configuration.set("fs.s3a.committer.name", "magic");

        refused(UNSAFE, "the commit protocol " + UNSAFE);
    }

    @Test
    void theFactoryOfTheSchemeThatS3aIsMappedToIsTheOneThatCounts() {
        configuration.set("fs.s3a.committer.name", "magic");
        Path output = new Path("s3://bucket/scores");

        assertThatCode(() -> CommitterCheck.check(new S3AFileSystem(), output, SAFE, configuration))
                .doesNotThrowAnyException();

        configuration.set("mapreduce.outputcommitter.factory.scheme.s3", "org.example.Factory");

        assertThatThrownBy(() -> CommitterCheck.check(new S3AFileSystem(), output, SAFE, configuration))
                .hasMessageContaining("with the committer factory org.example.Factory: remove these settings")
                .hasMessageContaining(
                        "spark.hadoop.mapreduce.outputcommitter.factory.scheme.s3=org.apache.hadoop.fs.s3a");
    }

    @Test
    void emrfsIsRefusedWithAnyProtocolButItsOwn() {
        assertThatThrownBy(() ->
                        CommitterCheck.check(new EmrFileSystem(), new Path("s3://bucket/scores"), SAFE, configuration))
                .isInstanceOfSatisfying(
                        UserException.class,
                        refusal -> assertThat(refusal.exitCode()).isEqualTo(ExitCode.USAGE))
                .hasMessage(
                        "the output s3://bucket/scores is on S3 through EMRFS, where results can be lost or duplicated"
                                + " with the commit protocol org.sparkxception.storage.StorageCommitProtocol: write to it as s3a://,"
                                + " or set spark.sql.sources.commitProtocolClass=org.apache.spark.sql.execution.datasources"
                                + ".SQLEmrOptimizedCommitProtocol");
    }

    @Test
    void otherFilesystemsRename() {
        assertThatCode(() -> CommitterCheck.check(
                        new DistributedFileSystem(), new Path("hdfs://nn/scores"), UNSAFE, configuration))
                .doesNotThrowAnyException();
        assertThatCode(() -> CommitterCheck.check(new LocalFileSystem(), new Path("/scores"), UNSAFE, configuration))
                .doesNotThrowAnyException();
    }

    private void refused(String protocol, String what) {
        assertThatThrownBy(() -> CommitterCheck.check(new S3AFileSystem(), ON_S3, protocol, configuration))
                .isInstanceOfSatisfying(
                        UserException.class,
                        refusal -> assertThat(refusal.exitCode()).isEqualTo(ExitCode.USAGE))
                .hasMessage(
                        "the output s3a://bucket/scores is on S3, where results can be lost or duplicated with " + what
                                + ": remove these settings, or set spark.hadoop.fs.s3a.committer.name=magic,"
                                + " spark.hadoop.fs.s3a.committer.magic.enabled=true,"
                                + " spark.hadoop.mapreduce.outputcommitter.factory.scheme.s3a=org.apache.hadoop.fs.s3a.commit.S3ACommitterFactory"
                                + " and spark.sql.sources.commitProtocolClass=org.sparkxception.storage.StorageCommitProtocol");
    }
}
