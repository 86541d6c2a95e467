package org.sparkxception.chaos;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FileUtil;

/**
 * A standalone cluster of a master and two workers in processes of their own. The workers have different addresses, so that Spark
 * takes them for two hosts: it starts no second attempt of a task on the same one.
 */
final class SparkCluster implements AutoCloseable {
    private static final String SPARK_JARS = Path.of("target/spark/jars").toAbsolutePath() + "/*";

    private final Path folder;
    private final List<Process> processes = new ArrayList<>();
    private final int port;

    /** Starts it; executors inherit the environment. */
    SparkCluster(Path folder, Map<String, String> environment) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.port = freePort();
        start("master", environment, "--host", "127.0.0.1", "--port", String.valueOf(port), "--webui-port", "0");
        for (String host : List.of("127.0.0.2", "127.0.0.3")) {
            start(
                    "worker",
                    environment,
                    "--host",
                    host,
                    "--cores",
                    "1",
                    "--memory",
                    "1g",
                    "--webui-port",
                    "0",
                    "--work-dir",
                    folder.resolve("work-" + host).toString(),
                    master());
        }
    }

    String master() {
        return "spark://127.0.0.1:" + port;
    }

    private void start(String role, Map<String, String> environment, String... arguments) throws IOException {
        String name = Character.toUpperCase(role.charAt(0)) + role.substring(1);
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + Path.of("conf/jvm.options").toAbsolutePath(),
                "-Xmx256m",
                "-cp",
                SPARK_JARS,
                "org.apache.spark.deploy." + role + "." + name));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve(role + ".log").toFile()));
        builder.environment()
                .put("SPARK_HOME", Path.of("target/spark").toAbsolutePath().toString());
        builder.environment().put("SPARK_SCALA_VERSION", "2.13");
        builder.environment().putAll(environment);
        Process process = builder.start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        processes.add(process);
    }

    /** The executors that run now. */
    List<ProcessHandle> executors() {
        return processes.stream()
                .flatMap(Process::descendants)
                .filter(process -> process.info()
                        .commandLine()
                        .or(() -> process.info().command())
                        .map(line -> line.contains("CoarseGrainedExecutorBackend"))
                        .orElse(false))
                .toList();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        processes.forEach(Process::destroyForcibly);
        processes.forEach(process -> process.onExit().join());
        FileUtil.fullyDelete(folder.toFile());
    }
}
