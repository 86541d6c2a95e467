package org.sparkxception.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sparkxception.ExitCode;
import org.sparkxception.LongTest;
import org.sparkxception.UserException;
import org.sparkxception.job.JobSettings;
import org.sparkxception.job.Mode;
import org.sparkxception.job.Outcome;

/** Image files in directories: a container is a directory. */
class FilesSourceTest extends SourceContract {
    @Override
    void write(String container, List<Item> items) throws IOException {
        for (Item item : items) {
            Path file = Path.of(data + "/" + container + "/" + item.name());
            Files.createDirectories(file.getParent());
            Files.write(file, item.content());
        }
    }

    @Override
    String path(String container, String name) {
        return "file:" + data + "/" + container + "/" + name;
    }

    @Override
    SourceSettings source(String truth) {
        return new SourceSettings.Files(List.of(), truth);
    }

    @Override
    String truthOption() {
        return SourceSettings.PARENT_DIRECTORY;
    }

    @Override
    List<String> oddNames() {
        return List.of(
                "with space.png",
                "100%20.png",
                "a#1.png",
                "what?.png",
                "it's \"so\".png",
                "été/靴.png",
                "a:b.png",
                "new\nline.png");
    }

    @Override
    String nothingThere() {
        return "the input contains no images: 0 files match no `include`, and 0 names are hidden";
    }

    /** A directory holds a name once, but inputs may overlap. */
    @Override
    @Test
    void anImageThatIsThereTwiceIsScoredOnceAndCounted() throws Exception {
        write("c", List.of(new Item("a.png", resource("rgb.png"))));

        Outcome outcome = run(inputs(data.toString(), data + "/c"));

        assertThat(statuses()).containsExactly(tuple(path("c", "a.png"), "ok"));
        assertThat(outcome.report().plan().duplicates()).isEqualTo(1);
    }

    @Test
    void eachDirectoryIsListedOnceWhicheverLinksLeadToIt() throws Exception {
        write("c/d", List.of(new Item("a.png", resource("rgb.png"))));
        write("elsewhere", List.of(new Item("b.png", resource("rgb.png"))));
        Path top = data.resolve("c");
        Files.createSymbolicLink(top.resolve("here"), Path.of("."));
        Files.createSymbolicLink(top.resolve("here too"), Path.of("."));
        Files.createSymbolicLink(top.resolve("d/up"), Path.of(".."));
        Files.createSymbolicLink(top.resolve("a link is met first"), Path.of("d"));
        Files.createSymbolicLink(top.resolve("out"), Path.of("../elsewhere"));
        Files.createSymbolicLink(top.resolve("d/out too"), Path.of("../../elsewhere"));

        run(inputs(top.toString()));

        assertThat(statuses())
                .containsExactlyInAnyOrder(tuple(path("c/d", "a.png"), "ok"), tuple(path("c/out", "b.png"), "ok"));
    }

    @Test
    void aLinkThatLeadsNowhereIsMissing() throws Exception {
        write("c", List.of(new Item("a.png", resource("rgb.png"))));
        Files.createSymbolicLink(data.resolve("c/annexed.png"), Path.of("../.git/annex/objects/x"));
        Files.createSymbolicLink(data.resolve("c/circle.png"), Path.of("circle.png"));

        run(settings());

        assertThat(statuses())
                .containsExactlyInAnyOrder(
                        tuple(path("c", "a.png"), "ok"),
                        tuple(path("c", "annexed.png"), "missing"),
                        tuple(path("c", "circle.png"), "missing"));
        assertThat(error("annexed.png")).isEqualTo("it is a broken symbolic link to ../.git/annex/objects/x");

        run(inputs(data + "/c/*.png"));

        assertThat(statuses()).hasSize(3).contains(tuple(path("c", "annexed.png"), "missing"));
    }

    @Test
    @Timeout(120)
    void whatIsNoRegularFileIsNeverOpened() throws Exception {
        write("c", List.of(new Item("a.png", resource("rgb.png"))));
        assertThat(new ProcessBuilder("mkfifo", data + "/c/pipe.png").start().waitFor())
                .isZero();

        run(settings());

        assertThat(statuses())
                .containsExactlyInAnyOrder(tuple(path("c", "a.png"), "ok"), tuple(path("c", "pipe.png"), "unreadable"));
        assertThat(error("pipe.png"))
                .isEqualTo("it is not a regular file: FIFOs, sockets and devices are never opened");
    }

    @LongTest
    @Test
    void directoriesMayBeDeep() throws Exception {
        write("c" + "/d".repeat(200), List.of(new Item("a.png", resource("rgb.png"))));

        run(settings());

        assertThat(statuses()).containsExactlyInAnyOrder(tuple(path("c" + "/d".repeat(200), "a.png"), "ok"));
    }

    @Test
    void namesThatAreNotUtf8AreScoredUnderTheirBytes() throws Exception {
        write("c", List.of(new Item("caf%E9.png", resource("rgb.png")), new Item("caf�E9.png", resource("rgb.png"))));
        for (String name : List.of("caf%E9.png", "caf%E8.png", "%FFfolder/caf%C3%A9.png")) {
            Path file = Path.of(URI.create(data.toUri() + "c/" + name));
            Files.createDirectories(file.getParent());
            Files.write(file, resource("rgb.png"));
        }

        run(settings());

        assertThat(statuses())
                .containsExactlyInAnyOrder(
                        tuple(path("c", "caf%E9.png"), "ok"),
                        tuple(path("c", "caf�EF�BF�BDE9.png"), "ok"),
                        tuple(path("c", "caf�E9.png"), "ok"),
                        tuple(path("c", "caf�E8.png"), "ok"),
                        tuple(path("c", "�FFfolder/café.png"), "ok"));
    }

    @Test
    void anArchiveOrAListIsNoImageAndTheFormatThatReadsItIsNamed() {
        Map.of("a.tar.gz", "tar", "a.TAR", "tar", "a.csv", "manifest", "a.parquet", "table")
                .forEach((name, format) -> assertThatThrownBy(() -> run(inputs(data + "/" + name)))
                        .isInstanceOfSatisfying(
                                UserException.class,
                                e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE))
                        .hasMessage("the input file:" + data + "/" + name
                                + " is not an image file: set `input-format` to " + format));
    }

    @Test
    void aFilesystemWhoseCodeIsNotThereIsNamedWithItsJar() {
        assertThatThrownBy(() -> run(inputs("abfss://photos@account.dfs.core.windows.net/2026")))
                .isInstanceOfSatisfying(
                        UserException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE))
                .hasMessageContaining("add its jar to Spark: hadoop-azure");
    }

    @Test
    @Timeout(60)
    void aDirectoryThatItsStorageSaysIsInItselfIsNotListedForEver() throws Exception {
        spark.sparkContext().hadoopConfiguration().set("fs.odd.impl", OddStorage.class.getName());
        write("cat", List.of(new Item("a.png", resource("rgb.png")), new Item("unknown.png", resource("rgb.png"))));

        Outcome outcome = run(inputs("odd:" + data));

        assertThat(statuses())
                .containsExactlyInAnyOrder(
                        tuple("odd:" + data + "/cat/a.png", "ok"),
                        tuple("odd:" + data + "/cat/unknown.png", "unreadable"));
        assertThat(error("unknown.png")).isEqualTo("the storage does not report the size of the file");
        assertThat(outcome.report().plan().hidden()).isEqualTo(2);
    }

    private JobSettings inputs(String... inputs) {
        return settings().toBuilder()
                .inputs(List.of(inputs))
                .mode(Mode.OVERWRITE)
                .build();
    }

    private String error(String name) {
        return rows().filter("path like '%/" + name + "'").first().getAs("error");
    }
}
