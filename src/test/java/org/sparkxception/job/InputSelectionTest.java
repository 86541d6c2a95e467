package org.sparkxception.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.sparkxception.ExitCode;
import org.sparkxception.source.SourceSettings;

/** Which files of an input a job classifies, and which inputs it refuses. */
class InputSelectionTest extends ClassifiedFolder {
    @Test
    void namesThatPeopleAndToolsGiveAreKeptAsTheyAre() throws Exception {
        List<String> names = List.of(
                "with space.png",
                "100%20.png",
                "50%.png",
                "a#1.png",
                "a+b.png",
                "what?.png",
                "all*.png",
                "[x]{y}.png",
                "it's \"so\".png",
                "tab\there.png",
                "back\\slash.png",
                "été.png",
                "靴.png",
                "<img src=x onerror=alert(1)>.png",
                "UP.PNG",
                "a:b.png",
                "semi;colon&co.png",
                "new\nline.png");
        for (String name : names) {
            put(name, resource("rgb.png"));
        }

        run(settings());

        assertThat(rows().filter("status = 'ok'").select("path").collectAsList())
                .extracting(row -> row.getString(0).substring(("file:" + images + "/").length()))
                .containsExactlyInAnyOrderElementsOf(names);
        assertThat(page())
                .contains("alt=\"&lt;img src&#x3D;x onerror&#x3D;alert(1)&gt;.png\"")
                .doesNotContain("<img src=x");
    }

    @Test
    void directoriesWithSpecialCharactersAreNoGlobs() throws Exception {
        put("a[1]*/x.png", resource("rgb.png"));
        put("a1/y.png", resource("rgb.png"));

        run(settings(images + "/a[1]*"));

        assertThat(rows().select("path").collectAsList())
                .extracting(row -> name(row.getString(0)))
                .containsExactly("x.png");
    }

    @Test
    void globsFindFilesAndDirectories() throws Exception {
        put("2026/01/a.png", resource("rgb.png"));
        put("2026/02/b.png", resource("rgb.png"));
        put("2025/02/c.png", resource("rgb.png"));
        put("2025/02/notes.txt", new byte[] {1});

        Outcome outcome = run(settings(images + "/2026/*", images + "/2025/02/*"));

        assertThat(rows().count()).isEqualTo(3);
        assertThat(outcome.report().plan().excluded()).isEqualTo(1);
    }

    @Test
    void skippedFilesAreCounted() throws Exception {
        put("a.png", resource("rgb.png"));
        put("_b.png", resource("rgb.png"));
        put(".c.png", resource("rgb.png"));
        put("_temporary/d.png", resource("rgb.png"));
        put("readme.md", new byte[] {1});

        Outcome outcome = run(settings(images.toString(), images + "/a.png"));

        assertThat(rows().count()).isEqualTo(1);
        assertThat(outcome.report().plan().hidden()).isEqualTo(3);
        assertThat(outcome.report().plan().excluded()).isEqualTo(1);
        assertThat(outcome.report().plan().duplicates()).isEqualTo(1);
    }

    @Test
    void aGlobThatBeginsWithAnUnderscoreMeansHiddenNamesToo() throws Exception {
        put("_DSC0001.png", resource("rgb.png"));
        put("a.png", resource("rgb.png"));

        run(builder()
                .source(new SourceSettings.Files(List.of("_*.png", "*.png"), "none"))
                .build());

        assertThat(rows().count()).isEqualTo(2);
    }

    @Test
    void anInputThatIsNotThereIsRefused() {
        assertRefused(
                settings(images + "/nowhere"),
                ExitCode.INPUT,
                "the input file:" + images + "/nowhere does not exist: check `input`");
    }

    @Test
    void aMistypedInputDoesNotOccupyTheOutput() throws Exception {
        put("good.png", resource("rgb.png"));
        assertRefused(settings(images + "/nowhere"), ExitCode.INPUT, "does not exist: check `input`");

        assertThat(run(settings()).exitCode()).isEqualTo(ExitCode.COMPLETE);

        assertThat(rows().count()).isEqualTo(1);
    }

    @Test
    void anInputWithoutImagesIsRefused() throws Exception {
        put("readme.md", new byte[] {1});
        put("_hidden.png", resource("rgb.png"));

        assertRefused(
                settings(),
                ExitCode.INPUT,
                "the input contains no images: 1 files match no `include`, and 1 names are hidden");
    }

    @Test
    void aNameThatHadoopCannotAddressIsRefused() {
        assertRefused(settings("a:b.jpg"), ExitCode.INPUT, "a:b.jpg is not a valid Hadoop path");
    }
}
