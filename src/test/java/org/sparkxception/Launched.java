package org.sparkxception;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A run in a process of its own. */
public final class Launched {
    private final Process process;
    private final Path log;

    private Launched(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** Starts {@code scripts/spark-xception} with these arguments; what it prints goes to the log. */
    public static Launched start(Path log, Map<String, String> environment, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("scripts/spark-xception"));
        command.addAll(arguments);
        return command(log, environment, command);
    }

    /** The command of a class with the class path and Spark's SQL settings of this JVM, and with the launcher's options and then these. */
    public static List<String> javaCommand(List<String> options, Class<?> main, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("@conf/jvm.options", "-Dlog4j2.configurationFile=conf/log4j2.properties"));
        System.getProperties().stringPropertyNames().stream()
                .filter(name -> name.startsWith("spark.sql."))
                .forEach(name -> command.add("-D" + name + "=" + System.getProperty(name)));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        return command;
    }

    /** Starts a command; what it prints goes to the log. */
    public static Launched command(Path log, Map<String, String> environment, List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        // What the tests have themselves is not what the user has.
        builder.environment().keySet().removeIf(name -> name.startsWith("AWS_"));
        builder.environment().putAll(environment);
        return new Launched(builder.start(), log);
    }

    public Process process() {
        return process;
    }

    /** Waits for the end, and returns the exit code: 137 after kill -9. */
    public int exitCode() throws IOException, InterruptedException {
        if (!process.waitFor(5, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new IllegalStateException("it did not end: " + output());
        }
        return process.exitValue();
    }

    public String output() throws IOException {
        return Files.readString(log);
    }

    /** The report of a finished run in a local folder. */
    public static JsonNode report(Path output) throws IOException {
        return JsonSchemas.requireValidReport(output);
    }
}
