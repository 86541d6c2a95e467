package org.sparkxception.chaos;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkxception.storage.FlakyS3;
import org.sparkxception.storage.HdfsServer;
import org.sparkxception.storage.LocalStorage;
import org.sparkxception.storage.S3Server;
import org.sparkxception.storage.TestStorage;

/**
 * A storage whose operations meet {@link Faults} when it is reached by these settings: on a disk and on HDFS the calls of the file
 * system, on S3 the requests.
 */
record FaultyStorage(TestStorage real, Map<String, String> settings) implements TestStorage {
    private static final Set<String> CHANGES = Set.of("PUT", "POST", "DELETE");

    static FaultyStorage of(TestStorage real) throws IOException {
        if (real instanceof S3Server server) {
            return ofS3(server);
        }
        Map<String, String> settings = new HashMap<>(real.settings());
        if (real instanceof LocalStorage) {
            settings.put("fs.file.impl", FaultyDisk.class.getName());
        } else if (real instanceof HdfsServer) {
            settings.put("fs.hdfs.impl", FaultyHdfs.class.getName());
        }
        return new FaultyStorage(real, settings);
    }

    private static FaultyStorage ofS3(S3Server server) throws IOException {
        FlakyS3 network = FlakyS3.inFrontOf(server).start();
        network.rule(
                request -> CHANGES.contains(request.method()) && Faults.meet(request.method() + " " + request.target())
                        ? fault()
                        : FlakyS3.Fault.NONE);
        Configuration known = network.configuration();
        Map<String, String> settings = new HashMap<>(network.settings());
        settings.put("fs.s3a.access.key", known.get("fs.s3a.access.key"));
        settings.put("fs.s3a.secret.key", known.get("fs.s3a.secret.key"));
        settings.put("fs.s3a.attempts.maximum", "1");
        settings.put("fs.s3a.retry.limit", "1");
        settings.put("fs.s3a.retry.interval", "50ms");
        return new FaultyStorage(network, settings);
    }

    /** Access that is denied is not tried again. */
    private static FlakyS3.Fault fault() {
        return Faults.kind() == Faults.Kind.ANSWER_LOST ? FlakyS3.Fault.LOST_ANSWER : FlakyS3.Fault.DENIED;
    }

    /** Takes the place of a file system that Hadoop keeps for all of this JVM, until it is closed. */
    void open(Configuration withSettings) throws IOException {
        FileSystem.closeAll();
        if (root().getFileSystem(withSettings) instanceof LocalFileSystem disk && !(disk instanceof FaultyDisk)) {
            throw new IOException("another file system is still there");
        }
    }

    /** Whether an operation can say that it was not done by its value alone. */
    boolean canRefuse() {
        return !(real instanceof FlakyS3);
    }

    @Override
    public Path root() {
        return real.root();
    }

    @Override
    public void close() throws IOException {
        FileSystem.closeAll();
        real.close();
    }
}
