package org.sparkxception.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileUtil;

/**
 * A standalone cluster of a master and two workers in processes of their own. The workers have different addresses, so that Spark
 * takes them for two hosts: it starts no second attempt of a task on the same one.
 */
public final class SparkCluster implements AutoCloseable {
    private static final String SPARK_JARS = Path.of("target/spark/jars").toAbsolutePath() + "/*";

    private final Path folder;
    private final List<Process> processes = new ArrayList<>();
    private final int port;

    /**
     * Starts it; executors inherit the environment.
     *
     * @param cores of a worker
     * @param memory of a worker, such as {@code 1g}
     */
    public SparkCluster(Path folder, Map<String, String> environment, int cores, String memory) throws IOException {
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
                    String.valueOf(cores),
                    "--memory",
                    memory,
                    "--webui-port",
                    "0",
                    "--work-dir",
                    folder.resolve("work-" + host).toString(),
                    master());
        }
    }

    /** Starts one with these cores and memory a worker, prints its URL, and stops it when this process is ended. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        try (SparkCluster cluster = new SparkCluster(
                Files.createTempDirectory("standalone"), Map.of(), Integer.parseInt(arguments[0]), arguments[1])) {
            System.out.println(cluster.master());
            new CountDownLatch(1).await();
        }
    }

    /** Its URL. */
    public String master() {
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
    public List<ProcessHandle> executors() {
        return processes.stream()
                .flatMap(process -> running(process, "CoarseGrainedExecutorBackend"))
                .toList();
    }

    /** Kills a worker that has an executor and no driver, with all that runs there: a host is gone. */
    void killWorker() {
        Process worker = processes.stream()
                .filter(process -> running(process, "CoarseGrainedExecutorBackend")
                                .findAny()
                                .isPresent()
                        && running(process, "DriverWrapper").findAny().isEmpty())
                .findFirst()
                .orElseThrow();
        List<ProcessHandle> there = worker.descendants().toList();
        worker.destroyForcibly();
        there.forEach(ProcessHandle::destroyForcibly);
    }

    private static Stream<ProcessHandle> running(Process parent, String mainClass) {
        return parent.descendants()
                .filter(process -> process.info()
                        .commandLine()
                        .or(() -> process.info().command())
                        .map(line -> line.contains(mainClass))
                        .orElse(false));
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
