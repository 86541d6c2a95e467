package org.sparkxception;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * README and guides keep their word: what follows {@code <!-- run -->} in them is run, document by document in one folder that looks like a clone
 * of this repository. Shell and SQL are run as they stand, but for the addresses of buckets; Java is compiled; Python is run where it has the
 * libraries.
 */
class DocumentedCommandsIT {
    private static final Path README = Path.of("README.md");
    private static final Path TUTORIAL = Path.of("docs/tutorial");
    private static final Path GUIDES = Path.of("docs/how-to");
    private static final Pattern BLOCK =
            Pattern.compile("^<!-- run -->\\n```(\\w+)\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

    /** What a snippet of Java that is no whole class stands in. */
    private static final String AROUND_JAVA = """
            import org.apache.spark.sql.*;
            import org.sparkxception.api.*;
            import org.sparkxception.bundle.*;
            import org.sparkxception.inference.*;
            import org.sparkxception.model.*;

            class Snippet {
                void run(SparkSession spark, Dataset<Row> images) throws Exception {
            %s
                }
            }
            """;

    @TempDir
    static Path clone;

    private record Block(String language, String text) {}

    @BeforeAll
    static void makeClone() throws IOException {
        for (String name : List.of("scripts", "conf", "jobs", "sample-data")) {
            link(name);
        }
        Files.createDirectory(clone.resolve("target"));
        for (String name : List.of(
                "target/spark-xception-all.jar",
                "target/spark-xception-s3.jar",
                "target/spark",
                "target/spark-xception.jsa")) {
            link(name);
        }
        copySamples(
                "Bag",
                clone.resolve("photos")
                        .resolve(LocalDate.now(ZoneId.systemDefault())
                                .minusDays(1)
                                .toString()));
        copySamples("Coat", clone.resolve("photos/2026-01-31"));
        Files.copy(
                Path.of("src/test/resources/org/sparkxception/finetuned/sequential.keras"),
                clone.resolve("flowers.keras"));
    }

    private static void link(String name) throws IOException {
        if (Files.exists(Path.of(name))) {
            Files.createSymbolicLink(clone.resolve(name), Path.of(name).toAbsolutePath());
        }
    }

    /** Those of a class that are whole. */
    private static void copySamples(String label, Path folder) throws IOException {
        Files.createDirectories(folder);
        try (Stream<Path> samples = Files.list(Path.of("sample-data/images", label))) {
            for (Path sample :
                    samples.filter(path -> path.toString().endsWith(".png")).toList()) {
                Files.copy(sample, folder.resolve(sample.getFileName()));
            }
        }
    }

    @TestFactory
    DynamicContainer readme() {
        return tests(README);
    }

    @LongTest
    @TestFactory
    Stream<DynamicContainer> guides() throws IOException {
        List<Path> documents = new ArrayList<>();
        for (Path folder : List.of(TUTORIAL, GUIDES)) {
            try (Stream<Path> pages = Files.list(folder)) {
                pages.filter(path -> path.toString().endsWith(".md")).sorted().forEach(documents::add);
            }
        }
        return documents.stream().map(DocumentedCommandsIT::tests);
    }

    private static DynamicContainer tests(Path document) {
        List<DynamicTest> tests = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(read(document));
        while (matcher.find()) {
            Block block = new Block(matcher.group(1), matcher.group(2));
            String title = block.language + " " + (tests.size() + 1);
            tests.add(DynamicTest.dynamicTest(title, () -> run(block)));
        }
        return DynamicContainer.dynamicContainer(document.toString(), tests);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void run(Block block) throws Exception {
        switch (block.language) {
            case "bash" -> runShell(block.text);
            case "sql" -> runSql(block.text);
            case "java" -> compile(block.text);
            case "python" -> runPython(block.text);
            default -> throw new IllegalArgumentException("nothing runs " + block.language);
        }
    }

    private static void runShell(String text) throws Exception {
        String local = text.replace("s3a://photos", clone + "/photos").replace("s3a://scores", clone + "/scores");
        runProcess("bash", "-euo", "pipefail", "-c", local);
    }

    private static void runPython(String text) throws Exception {
        for (String library : List.of("pandas", "pyarrow", "polars")) {
            assumeTrue(
                    !text.contains("import " + library) || ended("python3", "-c", "import " + library) == 0,
                    () -> "python3 has no " + library + ": what is documented for it is not run");
        }
        runProcess("python3", "-c", text);
    }

    private static void runProcess(String... command) throws Exception {
        int code = ended(command);
        assertThat(code).as(read(clone.resolve("log"))).isZero();
    }

    private static int ended(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(clone.toFile())
                .redirectErrorStream(true)
                .redirectOutput(clone.resolve("log").toFile())
                .start();
        if (!process.waitFor(3, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new IllegalStateException("it did not end: " + read(clone.resolve("log")));
        }
        return process.exitValue();
    }

    /** Each statement gives rows. */
    private static void runSql(String text) throws Exception {
        try (Connection duckDb = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duckDb.createStatement()) {
            String statements =
                    text.replace("'target/", "'" + clone + "/target/").strip();
            for (String query : statements.substring(0, statements.length() - 1).split(";", -1)) {
                try (ResultSet rows = statement.executeQuery(query)) {
                    assertThat(rows.next()).as(query).isTrue();
                }
            }
        }
    }

    private static void compile(String text) throws IOException {
        Matcher named = Pattern.compile("class (\\w+)").matcher(text);
        boolean whole = named.find();
        Path folder = Files.createTempDirectory(clone, "java");
        Path source = Files.writeString(
                folder.resolve((whole ? named.group(1) : "Snippet") + ".java"),
                whole ? text : AROUND_JAVA.formatted(text));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        boolean compiled = compiler.getTask(
                        messages,
                        null,
                        null,
                        List.of(
                                "-proc:none",
                                "-d",
                                folder.toString(),
                                "-classpath",
                                System.getProperty("java.class.path")),
                        null,
                        compiler.getStandardFileManager(null, null, null).getJavaFileObjects(source.toFile()))
                .call();
        assertThat(compiled).as(messages.toString()).isTrue();
    }
}
