package org.sparkxception.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.sparkxception.source.InputFormat;
import org.sparkxception.source.SourceSettings;

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
        return new SourceSettings(InputFormat.FILES, List.of(), truth, "path", "content", "parquet");
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
        return "the input holds no image: 0 files match no --include, and 0 names are hidden";
    }

    /** A directory holds a name once, but inputs may overlap. */
    @Override
    @Test
    void anImageThatIsThereTwiceIsScoredOnceAndCounted() throws Exception {
        write("c", List.of(new Item("a.png", resource("rgb.png"))));
        JobSettings once = settings();

        Outcome outcome = run(new JobSettings(
                List.of(data.toString(), data + "/c"),
                once.source(),
                once.output(),
                once.mode(),
                once.chunkLimits(),
                once.maxFailedFraction(),
                0,
                once.scoring()));

        assertThat(statuses()).containsExactly(tuple(path("c", "a.png"), "ok"));
        assertThat(outcome.report().plan().duplicates()).isEqualTo(1);
    }
}
