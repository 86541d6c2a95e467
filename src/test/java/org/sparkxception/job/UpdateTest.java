package org.sparkxception.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Runs with {@link Mode#UPDATE}. */
class UpdateTest extends ClassifiedFolder {
    @Test
    void anUpdateScoresOnlyWhatIsNewOrHasChanged() throws Exception {
        put("a.png", resource("rgb.png"));
        put("b.png", resource("rgb.png"));
        run(settings());
        Map<Path, FileTime> before = times();
        put("b.png", resource("grey.png"));
        put("c.png", resource("rgb.png"));

        Outcome update = run(builder().mode(Mode.UPDATE).build());

        assertThat(update.nothingLeft()).isFalse();
        assertThat(update.report().speed().scored()).isEqualTo(2);
        assertThat(update.report().images().byStatus()).isEqualTo(Map.of("ok", 4L));
        assertThat(rows().select("path", "chunk").collectAsList())
                .extracting(row -> name(row.getString(0)), row -> row.getInt(1))
                .containsExactlyInAnyOrder(tuple("a.png", 0), tuple("b.png", 0), tuple("b.png", 1), tuple("c.png", 1));
        before.forEach((file, time) -> {
            if (file.toString().contains("chunk=00000")) {
                assertThat(times()).containsEntry(file, time);
            }
        });
        assertThat(run(builder().mode(Mode.UPDATE).build()).nothingLeft()).isTrue();
        assertThat(run(settings()).nothingLeft()).isTrue();
    }

    @Test
    void anUpdateMayBringOtherInputs() throws Exception {
        put("monday/a.png", resource("rgb.png"));
        put("tuesday/b.png", resource("rgb.png"));
        run(settings(images + "/monday"));

        run(builder().inputs(List.of(images + "/tuesday")).mode(Mode.UPDATE).build());

        assertThat(rows().select("path").collectAsList())
                .extracting(row -> name(row.getString(0)))
                .containsExactlyInAnyOrder("a.png", "b.png");
    }
}
