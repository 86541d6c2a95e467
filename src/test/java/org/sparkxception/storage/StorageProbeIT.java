package org.sparkxception.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sparkxception.ExitCode;
import org.sparkxception.LongTest;
import org.sparkxception.UserException;

/** What a user is told of a storage that cannot be used, and how soon. */
@LongTest
class StorageProbeIT {
    private static S3ProxyServer server;

    @BeforeAll
    static void start() throws Exception {
        server = new S3ProxyServer();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void aStorageThatAnswersIsReached() {
        assertThatCode(() -> probe(new Path(server.root(), "nothing").toString(), server.configuration()))
                .doesNotThrowAnyException();
    }

    @Test
    void aBucketThatIsNotThere() {
        refused(
                "s3a://no-such-bucket/images",
                server.configuration(),
                "`input` s3a://no-such-bucket/images: the bucket does not exist: check its name, and the endpoint"
                        + " (spark.hadoop.fs.s3a.endpoint)");
    }

    @Test
    void credentialsThatTheStorageDoesNotKnow() {
        Configuration configuration = server.configuration();
        configuration.set("fs.s3a.secret.key", "another");

        refused(
                "s3a://tests/images",
                configuration,
                "`input` s3a://tests/images: permission denied: check the credentials, if the storage uses any, and"
                        + " request permission to list and read and, for an output, to write and delete");
    }

    @Test
    void aSchemeThatNobodyKnows() {
        refused(
                "s4://tests/images",
                new Configuration(),
                "`input` s4://tests/images: no filesystem is known for this scheme: check the part before ://, such as"
                        + " hdfs, s3a or file, or add its jar to Spark");
    }

    @Test
    void aNameNodeOfANameThatNobodyKnows() {
        refused(
                "hdfs://no-such-host.invalid:8020/images",
                new Configuration(),
                "`input` hdfs://no-such-host.invalid:8020/images: unknown host: check the host and port of the"
                        + " NameNode; for a cluster name, check that HADOOP_CONF_DIR is the directory with its"
                        + " hdfs-site.xml");
    }

    @Test
    void aPortWhereNobodyListens() throws IOException {
        int free = ServerProcess.freePorts(1).get(0);
        refused(
                "hdfs://127.0.0.1:" + free + "/images",
                new Configuration(),
                "`input` hdfs://127.0.0.1:" + free
                        + "/images: the storage does not respond: check that it is running, and check the"
                        + " host and port of the NameNode; for a cluster name, check that HADOOP_CONF_DIR is the"
                        + " directory with its hdfs-site.xml");
        refusedWithin(Duration.ofSeconds(20), "http://127.0.0.1:" + free);
    }

    /** A listener whose queue is full drops what comes, as a firewall does. */
    @Test
    @Timeout(120)
    void anEndpointThatSwallowsEverythingIsGivenUpInAboutAMinute() throws IOException {
        List<Socket> queued = new ArrayList<>();
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            fill(silent, queued);
            refusedWithin(Duration.ofSeconds(75), "http://127.0.0.1:" + silent.getLocalPort());
        } finally {
            for (Socket socket : queued) {
                socket.close();
            }
        }
    }

    private static void fill(ServerSocket silent, List<Socket> queued) throws IOException {
        while (true) {
            Socket socket = new Socket();
            queued.add(socket);
            try {
                socket.connect(new InetSocketAddress(silent.getInetAddress(), silent.getLocalPort()), 500);
            } catch (SocketTimeoutException e) {
                return;
            }
        }
    }

    private static void refusedWithin(Duration time, String endpoint) {
        Configuration configuration = server.configuration();
        configuration.set("fs.s3a.endpoint", endpoint);
        long start = System.nanoTime();
        refused(
                "s3a://tests/images",
                configuration,
                "`input` s3a://tests/images: the storage does not respond: check that it is running, and check the"
                        + " endpoint (spark.hadoop.fs.s3a.endpoint)");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(time);
    }

    private static void refused(String uri, Configuration configuration, String message) {
        assertThatThrownBy(() -> probe(uri, configuration))
                .isInstanceOfSatisfying(
                        UserException.class,
                        refusal -> assertThat(refusal.exitCode()).isEqualTo(ExitCode.INPUT))
                .hasMessage(message);
    }

    private static void probe(String uri, Configuration configuration) {
        StorageProbe.reach(ExitCode.INPUT, "input", uri, configuration);
    }
}
