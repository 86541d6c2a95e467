package org.sparkxception.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
    private static final Path S3_JAR = Path.of(System.getProperty("spark-xception.s3.jar"));
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
        classPath.add(S3_JAR.toUri().toURL());
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

    /** Hadoop 3.3.4 and 3.4.1, where the jar has that of 3.4.2. */
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("others")
    void anS3aThatIsNewerThanTheHadoopOfSparkIsRefused(Path spark) throws Exception {
        String hadoop = jars(spark).stream()
                .map(jar -> jar.getFileName().toString())
                .filter(name -> name.startsWith("hadoop-client-api-"))
                .map(name -> name.replaceAll("[^0-9.]|\\.jar", ""))
                .findFirst()
                .orElseThrow();
        assumeTrue(hadoop.compareTo("3.4.2") < 0);

        Launched run = launch(spark, JAR + ":" + S3_JAR, folder.resolve("refused"), "s3a://bucket/images", "local[2]");

        assertThat(run.exitCode()).as(run.output()).isEqualTo(2);
        assertThat(run.output().lines().toList())
                .last()
                .isEqualTo("spark-xception: S3A (hadoop-aws 3.4.2) does not run on the Hadoop of this Spark, which is "
                        + hadoop + ": use hadoop-aws " + hadoop
                        + ", for example with spark.jars.packages=org.apache.hadoop:hadoop-aws:" + hadoop
                        + ", and no other jar with S3A");
    }

    private static List<Path> jars(Path spark) throws IOException {
        try (Stream<Path> jars = Files.list(spark.resolve("jars"))) {
            return jars.sorted().toList();
        }
    }

    private static Launched classify(Path spark, String master, Path output) throws IOException {
        return launch(spark, JAR.toString(), output, "sample-data/images", master);
    }

    private static Launched launch(Path spark, String jars, Path output, String input, String master)
            throws IOException {
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
                        jars + ":" + spark + "/jars/*",
                        "org.sparkxception.cli.Main",
                        "classify",
                        "--master=" + master,
                        "--spark-conf=spark.executor.memory=1024m",
                        "--input=" + input,
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
