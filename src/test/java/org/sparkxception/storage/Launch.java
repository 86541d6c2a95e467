package org.sparkxception.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A run of {@code scripts/spark-xception} that has ended. */
record Launch(int exitCode, String output) {
    private static final int MINUTES = 5;

    static Launch of(Path folder, Map<String, String> environment, List<String> arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("scripts/spark-xception"));
        command.addAll(arguments);
        Path log = Files.createTempFile(folder, "launch", ".log");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("AWS_"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
            process.destroyForcibly().waitFor();
            throw new IOException("the launcher did not end:\n" + Files.readString(log));
        }
        return new Launch(process.exitValue(), Files.readString(log));
    }
}
