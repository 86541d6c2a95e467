package org.sparkxception.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
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

    @Test
    void s3aIsAddedToASparkThatHasItsHadoopAndNoS3a() throws Exception {
        String s3 = folder.resolve("spark-xception-s3.jar").toString();
        assertThat(submittedJars()).isEmpty();

        file("jars/hadoop-client-api-3.4.2.jar");
        assertThat(submittedJars()).containsExactly(s3);
        assertThat(submittedJars("--jars", "a.jar,b.jar")).containsExactly("a.jar,b.jar," + s3);
        assertThat(submittedJars("--conf", "spark.jars=a.jar")).containsExactly("a.jar," + s3);

        file("jars/hadoop-aws-3.4.2.jar");
        assertThat(submittedJars()).isEmpty();
        assertThat(submittedJars("--jars=a.jar")).containsExactly("a.jar");
    }

    @Test
    void theHadoopOfS3aIsThatOfTheBuild() throws Exception {
        assertThat(Files.readString(Path.of("pom.xml"))).contains("<hadoop.version>3.4.2</hadoop.version>");
    }

    /** What spark-submit gets for its option, from a script that is called with these options. */
    private List<String> submittedJars(String... options) throws Exception {
        Path submit = program("bin/spark-submit", "printf '%s\\n' \"$@\"");
        file("spark-xception-s3.jar");
        List<String> command = new ArrayList<>(List.of(SUBMIT));
        command.addAll(List.of(options));
        command.add("--");
        Launched run = Launched.command(
                Files.createTempFile(folder, "submit", ".log"),
                Map.of(
                        "SPARK_HOME", submit.getParent().getParent().toString(),
                        "JAVA_HOME", System.getProperty("java.home"),
                        "JAR", folder.resolve("app.jar").toString()),
                command);
        assertThat(run.exitCode()).as(run.output()).isZero();
        List<String> words = run.output().lines().toList();
        return IntStream.range(1, words.size())
                .filter(i -> words.get(i - 1).equals("--jars"))
                .mapToObj(words::get)
                .toList();
    }

    private void file(String name) throws IOException {
        Files.createDirectories(folder.resolve(name).getParent());
        Files.writeString(folder.resolve(name), "");
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
