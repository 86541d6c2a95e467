package org.sparkxception.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** s3proxy, which keeps objects in memory. It honors conditions on what is there, but not between requests at the same time. */
public final class S3ProxyServer extends S3Server {
    private final ServerProcess process;
    private final int port;

    public S3ProxyServer() throws IOException, InterruptedException {
        this("aws-v2-or-v4");
    }

    /** One that believes everyone: it cannot check signatures of keys with empty parts. */
    static S3ProxyServer withoutSignatures() throws IOException, InterruptedException {
        return new S3ProxyServer("none");
    }

    private S3ProxyServer(String authorization) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("s3proxy");
        port = ServerProcess.freePorts(1).get(0);
        Path settings = Files.writeString(
                folder.resolve("s3proxy.properties"), """
                s3proxy.endpoint=http://127.0.0.1:%d
                s3proxy.authorization=%s
                s3proxy.identity=%s
                s3proxy.credential=%s
                jclouds.provider=transient
                jclouds.identity=any
                jclouds.credential=any
                """.formatted(port, authorization, ACCESS_KEY, SECRET_KEY));
        Files.writeString(folder.resolve("logback.xml"), """
                <configuration><root level="WARN"/></configuration>
                """);
        String classPath =
                Files.readString(Path.of(System.getProperty("s3proxy.classpath", "target/s3proxy.classpath")));
        process = new ServerProcess(
                folder,
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-cp",
                        folder + ":" + classPath.strip(),
                        "org.gaul.s3proxy.Main",
                        "--properties",
                        settings.toString()));
        process.waitFor(port);
        createBucket();
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
