package org.sparkxception.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkxception.Launched;
import org.sparkxception.LongTest;
import org.sparkxception.TestSpark;

/** The finished jar on each supported version of Spark: those in {@code target/sparks}, which the build fetches. */
@LongTest
class SparkVersionsIT {
    private static final Path JAR = Path.of(System.getProperty("spark-xception.jar"));
    private static final Path SPARKS = Path.of(System.getProperty("other.sparks"));
    private static final Path OWN_SPARK = Path.of(System.getenv("SPARK_HOME"));
    private static final String COLUMNS = "path, size, modified, status, error, width, height, label, score, truth";

    @TempDir
    static Path folder;

    private static List<Row> expected;

    static List<Path> others() throws IOException {
        try (Stream<Path> homes = Files.list(SPARKS)) {
            return homes.sorted().toList();
        }
    }

    @BeforeAll
    static void scoreOnTheVersionOfTheBuild() throws Exception {
        Path output = folder.resolve("own");
        Launched run = classify(OWN_SPARK, "local[2]", output);

        assertThat(run.exitCode()).as(run.output()).isZero();
        expected = rows(output);
        assertThat(expected).hasSize(246);
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("others")
    void everythingThatTheJarUsesOfSparkIsThere(Path spark) throws IOException {
        List<URL> classPath = new ArrayList<>();
        for (Path jar : jars(spark)) {
            classPath.add(jar.toUri().toURL());
        }
        classPath.add(JAR.toUri().toURL());
        try (URLClassLoader loader =
                        new URLClassLoader(classPath.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
                ZipFile jar = new ZipFile(JAR.toFile())) {
            Linkage linkage = new Linkage(loader);
            for (ZipEntry entry : Collections.list(jar.entries())) {
                if (entry.getName().matches("org/sparkxception/(?!shaded/).*\\.class")) {
                    try (InputStream file = jar.getInputStream(entry)) {
                        linkage.check(file);
                    }
                }
            }

            assertThat(linkage.missing()).isEmpty();
        }
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("others")
    void theRowsAreThoseOfTheVersionOfTheBuild(Path spark) throws Exception {
        for (String master : List.of("local[2]", "local-cluster[2,1,1024]")) {
            Path output = folder.resolve(spark.getFileName() + "-" + master.replaceFirst("\\[.*", ""));
            Launched run = classify(spark, master, output);

            assertThat(run.exitCode()).as(run.output()).isZero();
            assertThat(rows(output)).as(master).containsExactlyElementsOf(expected);
        }
    }

    private static List<Path> jars(Path spark) throws IOException {
        try (Stream<Path> jars = Files.list(spark.resolve("jars"))) {
            return jars.sorted().toList();
        }
    }

    private static Launched classify(Path spark, String master, Path output) throws IOException {
        boolean isScala212 = spark.toString().endsWith("-2.12");
        return Launched.command(
                Path.of(output + ".log"),
                Map.of(
                        "SPARK_HOME",
                        spark.toAbsolutePath().toString(),
                        "SPARK_SCALA_VERSION",
                        isScala212 ? "2.12" : "2.13"),
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "@conf/jvm.options",
                        "-Dlog4j2.configurationFile=conf/log4j2.properties",
                        "-cp",
                        JAR + ":" + spark + "/jars/*",
                        "org.sparkxception.cli.Main",
                        "classify",
                        "--master=" + master,
                        "--spark-conf=spark.executor.memory=1024m",
                        "--input=sample-data/images",
                        "--truth=parent-directory",
                        "--output=" + output));
    }

    private static List<Row> rows(Path output) {
        TestSpark.session().read().parquet(output.toString()).createOrReplaceTempView("scores");
        return TestSpark.session()
                .sql("select " + COLUMNS + ", predictions.index from scores order by path")
                .collectAsList();
    }
}
