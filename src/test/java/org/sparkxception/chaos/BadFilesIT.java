package org.sparkxception.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkxception.Launched;
import org.sparkxception.LongTest;
import org.sparkxception.TestSpark;

/** Files that end or stall the process that decodes them become one row each, and take no other image along. */
@LongTest
class BadFilesIT {
    @TempDir
    Path folder;

    private Path images;
    private Map<String, String> environment;

    @BeforeEach
    void makeImages() throws Exception {
        images = Files.createDirectory(folder.resolve("images"));
        environment = Map.of("JAVA_TOOL_OPTIONS", ChaosAgent.options(folder));
        byte[] good;
        try (InputStream stream = BadFilesIT.class.getResourceAsStream("/org/sparkxception/images/rgb.png")) {
            good = stream.readAllBytes();
        }
        for (int i = 0; i < 24; i++) {
            Files.write(images.resolve("good%02d.png".formatted(i)), good);
        }
        Files.write(images.resolve("crash.png"), ChaosAgent.CRASH);
    }

    @Test
    void aFileThatCrashesExecutorsIsFoundOnRetry() throws Exception {
        Launched run = launch("local-cluster[2,1,1024]");

        assertThat(run.exitCode()).as(run.output()).isZero();
        assertFound();
    }

    @Test
    void aFileThatCrashesTheDriverIsFoundByTheNextRun() throws Exception {
        Launched first = launch("local[2]");
        assertThat(first.exitCode()).as(first.output()).isEqualTo(134);

        Launched second = launch("local[2]");

        assertThat(second.exitCode()).as(second.output()).isZero();
        assertFound();
        // Those of the two tasks that were at work.
        assertThat(second.output()).containsPattern("chunk 0 done: 25 images, 1?\\d of them decoded in separate");
    }

    private void assertFound() {
        Dataset<Row> rows =
                TestSpark.session().read().parquet(folder.resolve("scores").toString());
        assertThat(rows.filter("status = 'ok'").count()).isEqualTo(24);
        assertThat(rows.filter("status <> 'ok'")
                        .select("path", "status", "error")
                        .collectAsList())
                .extracting(row -> row.getString(1), row -> row.getString(2))
                .containsExactly(tuple("corrupt", "the data crashes the decoder, even in a separate process"));
        assertThat(rows.select("path").distinct().count()).isEqualTo(25);
    }

    private Launched launch(String master) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("classify", "--master", master));
        arguments.addAll(List.of(
                "--input",
                images.toString(),
                "--output",
                folder.resolve("scores").toString()));
        return Launched.start(folder.resolve("run.log"), environment, arguments);
    }
}
