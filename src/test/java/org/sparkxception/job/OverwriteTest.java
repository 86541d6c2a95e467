package org.sparkxception.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.sparkxception.ExitCode;

/** Runs with {@link Mode#OVERWRITE}. */
class OverwriteTest extends ClassifiedFolder {
    @Test
    void anOverwriteStartsOver() throws Exception {
        put("a.png", resource("rgb.png"));
        put("b.png", resource("rgb.png"));
        run(builder().chunkImages(1).build());
        Files.delete(images.resolve("b.png"));

        Outcome outcome = run(builder()
                .mode(Mode.OVERWRITE)
                .scoring(scoring().topK(2).build())
                .build());

        assertThat(outcome.report().speed().scored()).isEqualTo(1);
        assertThat(rows().count()).isEqualTo(1);
        assertThat(rows().first().getList(rows().first().fieldIndex("predictions")))
                .hasSize(2);
    }

    @Test
    void anOverwriteDeletesNothingThatNoRunWrote() throws Exception {
        put("a.png", resource("rgb.png"));
        Files.createDirectories(output());
        Files.writeString(output().resolve("thesis.txt"), "irreplaceable");

        assertRefused(builder().mode(Mode.OVERWRITE).build(), ExitCode.OTHER_RUN, "not written by spark-xception");

        assertThat(output().resolve("thesis.txt")).hasContent("irreplaceable");
    }
}
