package org.sparkxception.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.sparkxception.ExitCode;
import org.sparkxception.JsonSchemas;
import org.sparkxception.TestModels;
import org.sparkxception.TestSpark;
import org.sparkxception.UserException;
import org.sparkxception.inference.ScoringSettings;

/** A folder of images, and what the runs write that classify it with the bundled model. */
abstract class ClassifiedFolder {
    @TempDir
    Path folder;

    final SparkSession spark = TestSpark.session();
    Path images;

    @BeforeEach
    void makeFolder() throws IOException {
        images = Files.createDirectory(folder.resolve("images"));
    }

    void assertRefused(JobSettings settings, ExitCode code, String message) {
        assertThatThrownBy(() -> run(settings))
                .isInstanceOfSatisfying(
                        UserException.class, e -> assertThat(e.exitCode()).isEqualTo(code))
                .hasMessageContaining(message);
    }

    /** Runs a job whose output is {@link #output}. */
    Outcome run(JobSettings settings) throws Exception {
        Outcome outcome = classify(settings);
        JsonSchemas.requireValidReport(output());
        return outcome;
    }

    Outcome classify(JobSettings settings) throws Exception {
        return new ClassifyJob(spark, settings, TestModels.bundled()).run();
    }

    Dataset<Row> rows() {
        return spark.read().parquet(output().toString());
    }

    String page() throws IOException {
        return Files.readString(output().resolve("_run/report.html"));
    }

    Path output() {
        return folder.resolve("scores");
    }

    JobSettings settings(String... inputs) {
        return inputs.length == 0
                ? builder().build()
                : builder().inputs(List.of(inputs)).build();
    }

    JobSettings.Builder builder() {
        return JobSettings.builder(List.of(images.toString()), output().toString())
                .maxFailedFraction(1)
                .scoring(scoring().build());
    }

    static ScoringSettings.Builder scoring() {
        return ScoringSettings.builder().maxPixels(1_000_000);
    }

    void put(String name, byte[] content) throws IOException {
        Path file = Path.of(images + "/" + name);
        Files.createDirectories(file.getParent());
        Files.write(file, content);
    }

    static byte[] resource(String name) throws IOException {
        try (InputStream stream = ClassifiedFolder.class.getResourceAsStream("/org/sparkxception/images/" + name)) {
            return stream.readAllBytes();
        }
    }

    static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    Map<Path, FileTime> times() {
        Map<Path, FileTime> times = new HashMap<>();
        try (Stream<Path> files = Files.walk(output())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                times.put(file, Files.getLastModifiedTime(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return times;
    }

    static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
