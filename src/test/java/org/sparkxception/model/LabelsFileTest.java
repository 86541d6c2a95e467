package org.sparkxception.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabelsFileTest {
    private static final Labels CAT_AND_DOG = Labels.of(List.of("cat", "dog"));

    @TempDir
    Path folder;

    @Test
    void labelsStandOneALineWithIdsOrWithout() throws IOException {
        assertThat(read("\uFEFFcat\r\ndog\r\n")).isEqualTo(CAT_AND_DOG);
        assertThat(read("tench\tn1\nred drum\tn2\n"))
                .isEqualTo(new Labels(List.of("tench", "red drum"), List.of("n1", "n2")));
        assertThat(read("[unknown]\n{other}\n")).isEqualTo(Labels.of(List.of("[unknown]", "{other}")));
        assertRefused("cat\n\ndog", "line 2 is empty: each line must have a label");
        assertRefused("cat\tn1\ndog", "line 2 has no tab and id after its label, but other lines do");
        assertRefused("cat\tn1\ndog\tn1", "duplicate id n1: each class must have its own id");
    }

    @Test
    void labelsAreAJsonList() throws IOException {
        assertThat(read("[\"cat\",\n \"dog\"]")).isEqualTo(CAT_AND_DOG);
        assertRefused("[\"cat\", 5]", "entry 1 is 5, not a label");
        assertRefused("[\"cat\", \"two\\nlines\"]", "is empty, or contains a tab or a line break");
        assertRefused("[\"cat\", \" \"]", "the label \"\" is empty");
        assertRefused("[\"cat\", \"do", "it starts like JSON, but is not valid");
        assertRefused("[\"cat\"] [\"dog\"]", "it starts like JSON, but is not valid");
    }

    @Test
    void labelsAreThoseOfHuggingFace() throws IOException {
        assertThat(read("{\"1\": \"dog\", \"0\": \"cat\"}")).isEqualTo(CAT_AND_DOG);
        assertThat(
                        read(
                                "{\"architectures\": [\"X\"], \"id2label\": {\"0\": \"cat\", \"1\": \"dog\"}, \"label2id\": {\"cat\": 0}}"))
                .isEqualTo(CAT_AND_DOG);
        assertRefused("{\"0\": \"cat\", \"2\": \"dog\"}", "it has no entry \"1\" with a label or [id, label]");
        assertRefused("{\"0\": \"cat\", \"0\": \"dog\"}", "it starts like JSON, but is not valid: Duplicate");
        assertRefused(
                "{\"model_type\": \"resnet\"}",
                "it has no entry \"0\" with a label or [id, label]: use a list of labels");
    }

    @Test
    void labelsAreTheClassIndicesOfAnImageDataGenerator() throws IOException {
        assertThat(read("{\"dog\": 1, \"cat\": 0}")).isEqualTo(CAT_AND_DOG);
        assertRefused("{\"dog\": 2, \"cat\": 0}", "it has no label for class 1");
        assertRefused("{\"dog\": 0, \"cat\": 0}", "it has two labels for class 0: dog and cat");
    }

    @Test
    void labelsAreTheIndexOfImageNet() throws IOException {
        assertThat(read("{\"1\": [\"n2\", \"goldfish\"], \"0\": [\"n1\", \"tench\"]}"))
                .isEqualTo(new Labels(List.of("tench", "goldfish"), List.of("n1", "n2")));
        assertRefused(
                "{\"0\": [\"n1\", \"tench\"], \"1\": \"goldfish\"}",
                "entry 1 is \"goldfish\", not a pair of id and label");
    }

    @Test
    void aFileOfWindowsIsInUtf16() throws IOException {
        assertThat(read("\uFEFFKätzchen\r\nHündchen\r\n", StandardCharsets.UTF_16LE))
                .isEqualTo(Labels.of(List.of("Kätzchen", "Hündchen")));
        assertThat(read("\uFEFF[\"cat\", \"dog\"]", StandardCharsets.UTF_16BE)).isEqualTo(CAT_AND_DOG);
    }

    @Test
    void textThatCannotBeTextIsRefused() {
        String says = "it is neither UTF-8 nor UTF-16 with a byte order mark: save it as UTF-8";
        assertRefused(() -> read("cat\ndog\n", StandardCharsets.UTF_16LE), says);
        assertRefused(() -> read("Kätzchen\n", StandardCharsets.ISO_8859_1), says);
        assertRefused(() -> read("\uFEFFcat\u0000\n", StandardCharsets.UTF_16LE), says);
    }

    @Test
    void aFileThatIsTooLargeForLabelsIsRefused() {
        assertRefused("a label\n".repeat(2_200_000), "it is larger than 16 MiB: a labels file has one label per line");
    }

    private Labels read(String text) throws IOException {
        return read(text, StandardCharsets.UTF_8);
    }

    private Labels read(String text, Charset charset) throws IOException {
        return LabelsFile.read(Files.write(folder.resolve("labels"), text.getBytes(charset)));
    }

    private void assertRefused(String text, String says) {
        assertRefused(() -> read(text), says);
    }

    private static void assertRefused(ThrowingCallable reading, String says) {
        assertThatThrownBy(reading).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(says);
    }
}
