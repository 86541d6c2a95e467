package org.sparkxception.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkxception.Launched;

/** What the scripts say about the Java and the Spark that they are to run. */
class ScriptsTest {
    private static final String LAUNCHER = "scripts/spark-xception";
    private static final String SUBMIT = "jobs/spark-submit.sh";

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {LAUNCHER, SUBMIT})
    void aJavaHomeThatDoesNotExistIsNamed(String script) throws Exception {
        assertRejected(
                script,
                Map.of("JAVA_HOME", folder + "/nowhere"),
                "JAVA_HOME=" + folder + "/nowhere is not a directory: set it to the directory of Java 17 or 21");
    }

    @ParameterizedTest
    @ValueSource(strings = {LAUNCHER, SUBMIT})
    void aJavaHomeWithoutJavaIsNamed(String script) throws Exception {
        assertRejected(
                script,
                Map.of("JAVA_HOME", folder.toString()),
                "JAVA_HOME=" + folder + " has no bin/java: set it to the directory of Java 17 or 21");
    }

    @ParameterizedTest
    @ValueSource(strings = {LAUNCHER, SUBMIT})
    void aJavaThatIsTooOldIsNamedWithItsVersion(String script) throws Exception {
        Path java = program("bin/java", "echo 'openjdk version \"1.8.0_402\"' >&2");
        String remedy = "which is too old: set JAVA_HOME to the directory of Java 17 or 21";

        assertRejected(script, Map.of("JAVA_HOME", folder.toString()), java + " is Java 8, " + remedy);

        Files.writeString(folder.resolve("release"), "IMPLEMENTOR=\"Debian\"\nJAVA_VERSION=\"11.0.22\"\n");
        assertRejected(script, Map.of("JAVA_HOME", folder.toString()), java + " is Java 11, " + remedy);
    }

    @Test
    void aSparkHomeThatDoesNotExistIsNamed() throws Exception {
        assertRejected(
                SUBMIT,
                Map.of("SPARK_HOME", folder + "/nowhere"),
                "SPARK_HOME=" + folder
                        + "/nowhere is not a directory: set it to the directory of a Spark distribution");
    }

    @Test
    void aSparkHomeWithoutSparkSubmitIsNamed() throws Exception {
        assertRejected(
                SUBMIT,
                Map.of("SPARK_HOME", folder.toString()),
                "SPARK_HOME=" + folder + " has no bin/spark-submit: set it to the directory of a Spark distribution");
    }

    @Test
    void aSparkSubmitThatIsNotInstalledIsNamed() throws Exception {
        assertRejected(
                SUBMIT,
                Map.of("SPARK_HOME", "", "PATH", "/usr/bin:/bin"),
                "spark-submit not found: set SPARK_HOME to the directory of a Spark distribution");
    }

    @Test
    void aSettingsFileOfSparkThatDoesNotExistIsNamed() throws Exception {
        Path submit = program("bin/spark-submit", "exit 99");

        Launched run = Launched.command(
                folder.resolve("log"),
                Map.of("SPARK_HOME", submit.getParent().getParent().toString()),
                List.of(SUBMIT, "--properties-file", folder + "/nothing.conf", "--"));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.output())
                .isEqualTo("spark-submit.sh: the file " + folder
                        + "/nothing.conf cannot be read: check --properties-file\n");
    }

    private Path program(String name, String command) throws IOException {
        Path program = folder.resolve(name);
        Files.createDirectories(program.getParent());
        Files.writeString(program, "#!/bin/sh\n" + command + "\n");
        return Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void assertRejected(String script, Map<String, String> settings, String sentence) throws Exception {
        Path log = folder.resolve("log");
        Files.deleteIfExists(log);
        Map<String, String> environment = new HashMap<>(settings);
        environment.putIfAbsent("JAVA_HOME", System.getProperty("java.home"));

        Launched run = Launched.command(log, environment, List.of(script));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.output()).isEqualTo(Path.of(script).getFileName() + ": " + sentence + "\n");
    }
}
