package org.sparkxception.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The exit code on its way from a driver in a cluster to who submitted it. */
class ExitCodeCommandTest {
    private static final String SAMPLES = "sample-data/images/Trouser";

    @TempDir
    Path folder;

    @Test
    void theCodeOfARunIsHandedOnOnce() {
        assertThat(submitted(SAMPLES).exitCode()).isZero();

        assertThat(asked("--top-k=3").exitCode()).isZero();
        CommandLineRun again = asked("--top-k=3");

        assertThat(again.exitCode()).isEqualTo(1);
        assertThat(again.complaint())
                .isEqualTo("spark-xception: the driver left no exit code in " + output()
                        + ": it was killed, was never started, or could not write there. See its log in the cluster");
    }

    @Test
    void theCodeOfAFailureIsHandedOn() {
        assertThat(submitted(folder.resolve("nothing").toString()).exitCode()).isEqualTo(3);

        assertThat(asked().exitCode()).isEqualTo(3);
    }

    @Test
    void aFolderOfSomebodyElseIsLeftAsItWas() throws IOException {
        Files.createDirectories(folder.resolve("scores"));
        Files.writeString(folder.resolve("scores/thesis.txt"), "mine");
        assertThat(submitted(SAMPLES).exitCode()).isEqualTo(5);

        assertThat(asked().exitCode()).isEqualTo(5);
        assertThat(folder.resolve("scores")).isDirectoryContaining("glob:**/thesis.txt");
        assertThat(folder.resolve("scores/_run")).doesNotExist();
    }

    @Test
    void whatIsWrongWithTheOptionsIsSeenWhereTheyAreGiven() {
        CommandLineRun asked = asked("--top-k=five");

        assertThat(asked.exitCode()).isEqualTo(2);
        assertThat(asked.complaint()).startsWith("spark-xception: --top-k must be a whole number but was five");
    }

    /** As in the driver of a cluster, where spark-submit has made a system property of the setting. */
    private CommandLineRun submitted(String input) {
        System.setProperty(ExitCodeFile.SETTING, "test");
        try {
            return CommandLineRun.of("classify", "--top-k=3", "--input", input, "--output", output());
        } finally {
            System.clearProperty(ExitCodeFile.SETTING);
        }
    }

    private CommandLineRun asked(String... more) {
        String[] arguments = {"exit-code", "--submission", "test", "--input", SAMPLES, "--output", output()};
        String[] all = new String[arguments.length + more.length];
        System.arraycopy(arguments, 0, all, 0, arguments.length);
        System.arraycopy(more, 0, all, arguments.length, more.length);
        return CommandLineRun.of(all);
    }

    private String output() {
        return folder.resolve("scores").toString();
    }
}
