package org.sparkxception.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.s3a.RemoteFileChangedException;
import org.apache.hadoop.fs.s3a.UnknownStoreException;
import org.apache.hadoop.fs.s3a.auth.NoAwsCredentialsException;
import org.apache.hadoop.hdfs.protocol.DSQuotaExceededException;
import org.apache.hadoop.security.AccessControlException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkxception.storage.StorageFaults.Kind;

class StorageFaultsTest {
    @Test
    void aFileThatIsNotThereIsMissing() {
        assertThat(StorageFaults.kind(new FileNotFoundException("No such file or directory: s3a://b/x")))
                .isEqualTo(Kind.MISSING);
        assertThat(StorageFaults.explain("s3a://b/x", new FileNotFoundException("No such file: s3a://b/x")))
                .isEqualTo("s3a://b/x: it does not exist: check the name");
    }

    @Test
    void aFileThatMayNotBeReadOnALocalDiskIsNotMissing() {
        assertThat(StorageFaults.kind(new FileNotFoundException("/data/x.jpg (Permission denied)")))
                .isEqualTo(Kind.PERMANENT);
    }

    @Test
    void aFaultIsKnownWhereItNamesTheStorageAndItsMeaningIsKnown() {
        IOException reset = new IOException(
                "getFileStatus on s3a://b/scores/chunk=00002: Connection reset",
                new SocketException("Connection reset"));

        assertThat(StorageFaults.isKnown("s3a://b/scores", reset)).isTrue();
        assertThat(StorageFaults.isKnown("s3a://other/scores", reset)).isFalse();
        assertThat(StorageFaults.isKnown(
                        "s3a://b/scores", new IOException("a fault of s3a://b/scores that nobody knows")))
                .isFalse();
    }

    @Test
    void aFileThatChangedIsChanged() {
        assertThat(StorageFaults.kind(new RemoteFileChangedException("s3a://b/x", "read", "ETag differs")))
                .isEqualTo(Kind.CHANGED);
    }

    @Test
    void aDiskAndAQuotaThatAreFullAreFull() {
        assertThat(StorageFaults.kind(new DSQuotaExceededException(10, 11))).isEqualTo(Kind.FULL);
        assertThat(StorageFaults.kind(new IOException("No space left on device")))
                .isEqualTo(Kind.FULL);
        assertThat(StorageFaults.explain("file:/scores", new IOException("No space left on device")))
                .isEqualTo("file:/scores: it is full, or its quota is exceeded: free up space, or request more");
    }

    @Test
    void whatIsNotKnownMayPass() {
        assertThat(StorageFaults.kind(new SocketException("Connection reset"))).isEqualTo(Kind.TRANSIENT);
        assertThat(StorageFaults.explain("s3a://b/x", new SocketException("Connection reset")))
                .isEqualTo("s3a://b/x: the storage drops connections: check that it is running, and check the endpoint"
                        + " (spark.hadoop.fs.s3a.endpoint)");
        assertThat(StorageFaults.explain("s3a://b/x", new IOException("Connection reset\nby peer")))
                .isEqualTo("s3a://b/x: Connection reset");
        assertThat(StorageFaults.explain("s3a://b/x", new IOException())).isEqualTo("s3a://b/x: IOException");
    }

    @Test
    void aBucketThatIsNotThereIsToldFromAFile() {
        IOException fault = new UnknownStoreException("s3a://b/", "listObjects", new IOException("NoSuchBucket"));

        assertThat(StorageFaults.kind(fault)).isEqualTo(Kind.PERMANENT);
        assertThat(StorageFaults.explain("s3a://b/x", fault))
                .isEqualTo("s3a://b/x: the bucket does not exist: check its name, and the endpoint"
                        + " (spark.hadoop.fs.s3a.endpoint)");
    }

    @Test
    void missingCredentialsAreToldFromAPermission() {
        IOException none = new AccessDeniedException("b");
        none.initCause(new NoAwsCredentialsException("any", "No AWS credentials"));

        assertThat(StorageFaults.explain("s3a://b/x", none))
                .isEqualTo("s3a://b/x: no credentials found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or"
                        + " specify a provider in spark.hadoop.fs.s3a.aws.credentials.provider");
        assertThat(StorageFaults.explain("s3a://b/x", new AccessDeniedException("s3a://b/x", null, "403")))
                .isEqualTo("s3a://b/x: permission denied: check the credentials, if the storage uses any, and request"
                        + " permission to list and read and, for an output, to write and delete");
        assertThat(StorageFaults.kind(new AccessControlException("Permission denied: user=me, access=WRITE")))
                .isEqualTo(Kind.PERMANENT);
    }

    @Test
    void aNameNodeThatDoesNotAnswerIsUnreachableThoughItMayPass() {
        IOException fault = new IOException("Call From here to nn:8020 failed", new ConnectException("refused"));

        assertThat(StorageFaults.kind(fault)).isEqualTo(Kind.TRANSIENT);
        assertThat(StorageFaults.explain("hdfs://nn:8020/x", fault))
                .isEqualTo(
                        "hdfs://nn:8020/x: the storage does not respond: check that it is running, and check the host"
                                + " and port of the NameNode; for a cluster name, check that HADOOP_CONF_DIR is the"
                                + " directory with its hdfs-site.xml");
        assertThat(StorageFaults.explain("s3a://b/x", fault))
                .isEqualTo("s3a://b/x: the storage does not respond: check that it is running, and check the endpoint"
                        + " (spark.hadoop.fs.s3a.endpoint)");
    }

    @Test
    void anUnknownSchemeIsExplained() {
        assertThatThrownBy(() -> new Path("s4://b/x").getFileSystem(new Configuration()))
                .isInstanceOfSatisfying(
                        IOException.class,
                        fault -> assertThat(StorageFaults.explain("s4://b/x", fault))
                                .isEqualTo(
                                        "s4://b/x: no filesystem is known for this scheme: check the part before ://,"
                                                + " such as hdfs, s3a or file, or add its jar to Spark"));
    }

    @Test
    void aFolderWithoutPermissionOnALocalDiskIsExplained(@TempDir java.nio.file.Path folder) throws IOException {
        java.nio.file.Path closed = Files.createDirectory(
                folder.resolve("closed"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("---------")));
        assumeFalse(Files.isReadable(closed), "the super-user may read everything");
        FileSystem local = FileSystem.getLocal(new Configuration());

        assertThatThrownBy(() -> local.listStatus(new Path(closed.toUri())))
                .isInstanceOfSatisfying(
                        IOException.class,
                        fault -> assertThat(StorageFaults.kind(fault)).isEqualTo(Kind.PERMANENT));
    }

    @Test
    void aMessageWithKeysInItIsRepeatedWithoutThem() {
        assertThat(StorageFaults.explain(
                        "s3a://KEY:SEC/RET@bucket/x", new IOException("s3a://KEY:SEC/RET@bucket/x is odd")))
                .isEqualTo("s3a://bucket/x: s3a://bucket/x is odd");
    }
}
