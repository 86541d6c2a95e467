package org.sparkxception.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkxception.Launched;
import org.sparkxception.TestSpark;

/** The application in {@code src/it/library}, which depends on the library by its coordinates: the build has compiled it. */
class LibraryIT {
    private static final Path APPLICATION = Path.of(System.getProperty("library.user"));
    private static final Path SPARK = Path.of(System.getenv("SPARK_HOME"), "jars");

    /** An empty class in every jar of Spark's, for a plugin of its build. */
    private static final String STUB = "org/apache/spark/unused/UnusedStubClass.class";

    @Test
    void anApplicationScoresADatasetWithTheLibraryAndSpark(@TempDir Path folder) throws Exception {
        Path images = Files.createDirectory(folder.resolve("images"));
        Files.copy(Path.of("sample-data/images/Bag/00192.png"), images.resolve("bag.png"));
        Files.copy(Path.of("sample-data/images/Trouser/00024.png"), images.resolve("trouser.png"));
        Files.writeString(images.resolve("notes.png"), "no image");
        Path scores = folder.resolve("scores");

        Launched run = Launched.command(
                folder.resolve("log"),
                Map.of(),
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "@conf/jvm.options",
                        "-Dspark.master=local[2]",
                        "-cp",
                        String.join(
                                File.pathSeparator,
                                APPLICATION.resolve("classes").toString(),
                                runtimeClassPath(),
                                SPARK + "/*"),
                        "ScoreTable",
                        images.toString(),
                        scores.toString()));

        assertThat(run.exitCode()).as(run.output()).isZero();
        SparkSession spark = TestSpark.session();
        List<Row> rows = spark.read()
                .parquet(scores.toString())
                .selectExpr("substring_index(path, '/', -1)", "status", "label", "score")
                .orderBy("path")
                .collectAsList();
        assertThat(rows)
                .extracting(row -> row.get(0), row -> row.get(1), row -> row.get(2))
                .containsExactly(
                        tuple("bag.png", "ok", "Bag"),
                        tuple("notes.png", "unsupported", null),
                        tuple("trouser.png", "ok", "Trouser"));
        assertThat(rows.get(0).getFloat(3)).isCloseTo(0.95f, within(0.01f));
        assertThat(rows.get(2).getFloat(3)).isCloseTo(0.96f, within(0.01f));
    }

    @Test
    void theGuideShowsThisApplicationAndItsDependencies() throws IOException {
        Path project = Path.of("src/it/library");
        String pom = Files.readString(project.resolve("pom.xml"));
        String dependencies = pom.substring(pom.indexOf("    <dependency>"), pom.indexOf("  </dependencies>"));

        assertThat(Files.readString(Path.of("docs/how-to/java-api.md")))
                .contains("```xml\n" + dependencies + "```\n")
                .contains("```java\n" + Files.readString(project.resolve("src/main/java/ScoreTable.java")) + "```\n");
    }

    @Test
    void theLibraryBringsNoClassTwiceAndNoneThatSparkHas() throws IOException {
        Map<String, Set<String>> jarsByClass = new TreeMap<>();
        List<Path> library = Stream.of(runtimeClassPath().split(File.pathSeparator))
                .map(Path::of)
                .toList();
        for (Path jar : library) {
            for (String name : classes(jar)) {
                jarsByClass.computeIfAbsent(name, each -> new TreeSet<>()).add(name(jar));
            }
        }
        for (Path jar : jarsOfSpark()) {
            for (String name : classes(jar)) {
                jarsByClass.getOrDefault(name, new TreeSet<>()).add(name(jar));
            }
        }

        assertThat(library)
                .extracting(LibraryIT::name)
                .contains("spark-xception-0.1.0.jar", "pytorch-native-cpu-2.7.1-linux-x86_64.jar");
        jarsByClass.values().removeIf(jars -> jars.size() == 1);
        assertThat(jarsByClass).isEmpty();
    }

    private static String name(Path jar) {
        return jar.getFileName().toString();
    }

    private static String runtimeClassPath() throws IOException {
        return Files.readString(APPLICATION.resolve("runtime.classpath")).strip();
    }

    private static List<Path> jarsOfSpark() throws IOException {
        try (Stream<Path> jars = Files.list(SPARK)) {
            return jars.toList();
        }
    }

    private static Set<String> classes(Path jar) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            return zip.stream()
                    .map(entry -> entry.getName())
                    .filter(name -> name.endsWith(".class") && !name.endsWith("module-info.class"))
                    .filter(name -> !name.startsWith("META-INF/") && !name.equals(STUB))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }
}
