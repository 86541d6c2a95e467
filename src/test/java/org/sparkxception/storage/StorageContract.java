package org.sparkxception.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.sparkxception.Launched;
import org.sparkxception.TestSpark;

/** The finished jar, through the launcher, from a storage and to it: what every storage has to give. */
@TestInstance(Lifecycle.PER_CLASS)
abstract class StorageContract {
    private static final int IMAGES = 40;
    private static final String COLUMNS =
            "regexp_extract(path, '[^/]+/[^/]+$', 0) name, size, status, error, width, height, label, round(score, 4), truth,"
                    + " chunk";

    @TempDir
    static java.nio.file.Path folder;

    TestStorage server;
    FileSystem storage;
    Path images;
    Path scores;
    Launched launch;
    java.nio.file.Path localImages;
    List<Row> localRows;

    abstract TestStorage start() throws Exception;

    @BeforeAll
    void score() throws Exception {
        server = start();
        storage = server.fileSystem();
        localImages = folder.resolve("images");
        copySamples();
        images = server.fresh("images");
        storage.mkdirs(images.getParent());
        assertThat(FileUtil.copy(localImages.toFile(), storage, images, false, server.configuration()))
                .isTrue();
        Launched local =
                classify(localImages.toString(), folder.resolve("local").toString(), "--chunk-images", "25");
        assertThat(local.exitCode()).as(local.output()).isZero();
        localRows = rows(folder.resolve("local"));
        assertThat(localRows).hasSize(IMAGES);
        scores = server.fresh("scores");
        launch = classify(images.toString(), scores.toString(), "--chunk-images", "25");
        assertThat(launch.exitCode()).as(launch.output()).isZero();
    }

    @AfterAll
    void stop() throws IOException {
        if (storage != null) {
            storage.close();
        }
        if (server != null) {
            server.close();
        }
    }

    @Test
    void imagesAreScoredFromThereToThere() throws Exception {
        assertThat(rows(fetched(scores))).containsExactlyElementsOf(localRows);
        assertThat(filesUnder(scores))
                .contains(new Path(scores, "_SUCCESS").toString())
                .noneMatch(name -> name.contains("_temporary") || name.contains("__magic"));
    }

    @Test
    void everyChunkHasTheMarkOfTheCommitterThatIsSafeThere() throws Exception {
        checkMarker(text(new Path(scores, "chunk=00000/_SUCCESS")));
        checkMarker(text(new Path(scores, "chunk=00001/_SUCCESS")));
    }

    @Test
    void aRunThatIsCompleteHasNothingLeftToDo() throws Exception {
        List<String> before = filesUnder(scores);
        Launched again = classify(images.toString(), scores.toString(), "--chunk-images", "25");

        assertThat(again.exitCode()).as(again.output()).isZero();
        assertThat(again.output()).contains("Nothing to do");
        assertThat(filesUnder(scores)).isEqualTo(before);
    }

    @Test
    void aModelIsImportedToThereAndScoresFromThere() throws Exception {
        Path model = server.fresh("model");
        Launched imported = launch(
                "import-model",
                "--weights",
                "sample-data/model/fashion-mnist.h5",
                "--labels",
                "sample-data/model/labels.txt",
                "--input-size",
                "56",
                "--interpolation",
                "bilinear",
                "--output",
                model.toString());
        assertThat(imported.exitCode()).as(imported.output()).isZero();
        String output = folder.resolve("of-model").toString();
        Launched ofModel =
                classify(localImages.toString(), output, "--model", model.toString(), "--chunk-images", "25");

        assertThat(ofModel.exitCode()).as(ofModel.output()).isZero();
        assertThat(rows(folder.resolve("of-model"))).containsExactlyElementsOf(localRows);
    }

    @Test
    void aDirectoryThatIsNotThereIsInputThatIsNotThere() throws Exception {
        Launched launch = classify(
                new Path(server.root(), "nothing").toString(),
                folder.resolve("none").toString());

        assertThat(launch.exitCode()).as(launch.output()).isEqualTo(3);
        assertThat(launch.output()).contains("nothing does not exist");
    }

    /** What a chunk's marker of success is to hold. */
    abstract void checkMarker(String marker);

    Launched classify(String input, String output, String... more) throws Exception {
        List<String> arguments = new ArrayList<>(List.of(
                "classify",
                "--input",
                input,
                "--output",
                output,
                "--truth",
                "parent-directory",
                "--max-failed-fraction",
                "1",
                "--master",
                "local[2]"));
        arguments.addAll(server.launcherArguments());
        arguments.addAll(List.of(more));
        return launch(arguments.toArray(String[]::new));
    }

    /** Runs the launcher as one would who has the server's credentials in the environment. */
    Launched launch(String... arguments) throws Exception {
        Map<String, String> environment = new HashMap<>(server.environment());
        environment.put("HADOOP_CONF_DIR", coreSite().toString());
        return ended(folder, environment, List.of(arguments));
    }

    /** A run of the launcher that has ended. */
    static Launched ended(java.nio.file.Path folder, Map<String, String> environment, List<String> arguments)
            throws Exception {
        Launched run = Launched.start(Files.createTempFile(folder, "launch", ".log"), environment, arguments);
        run.exitCode();
        return run;
    }

    /** A folder with Hadoop's settings for the server, as a cluster has it. */
    private java.nio.file.Path coreSite() throws IOException {
        Configuration site = new Configuration(false);
        server.settings().forEach(site::set);
        java.nio.file.Path conf = Files.createDirectories(folder.resolve("conf"));
        try (OutputStream stream = Files.newOutputStream(conf.resolve("core-site.xml"))) {
            site.writeXml(stream);
        }
        return conf;
    }

    private void copySamples() throws IOException {
        try (Stream<java.nio.file.Path> files = Files.walk(java.nio.file.Path.of("sample-data/images"))) {
            for (java.nio.file.Path file :
                    files.filter(Files::isRegularFile).sorted().limit(IMAGES).toList()) {
                java.nio.file.Path copy = localImages.resolve(file.getParent().getFileName());
                Files.createDirectories(copy);
                Files.copy(file, copy.resolve(file.getFileName()));
            }
        }
    }

    java.nio.file.Path fetched(Path output) throws IOException {
        java.nio.file.Path copy = folder.resolve("fetched-" + output.getName());
        FileUtil.copy(storage, output, copy.toFile(), false, new Configuration());
        return copy;
    }

    static List<Row> rows(java.nio.file.Path output) {
        return TestSpark.session()
                .read()
                .parquet(output.toString())
                .selectExpr(COLUMNS.split(", (?![^()]*\\))"))
                .orderBy("name")
                .collectAsList();
    }

    List<String> filesUnder(Path directory) throws IOException {
        List<String> names = new ArrayList<>();
        for (FileStatus status : storage.listStatus(directory)) {
            if (status.isDirectory()) {
                names.addAll(filesUnder(status.getPath()));
            } else {
                names.add(status.getPath().toString());
            }
        }
        return names;
    }

    String text(Path file) throws IOException {
        try (var stream = storage.open(file)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
