package org.sparkxception.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

@Timeout(60)
class ProgressDisplayTest {
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream before = System.err;
    private final PrintStream terminal = new PrintStream(printed, true, StandardCharsets.UTF_8);

    @BeforeEach
    void openTerminal() {
        System.setProperty("spark-xception.terminal", "true");
        System.setErr(terminal);
    }

    @AfterEach
    void closeTerminal() {
        System.clearProperty("spark-xception.terminal");
        System.setErr(before);
    }

    @Test
    void whatIsPrintedMeanwhileStandsOnLinesOfItsOwnAndTheBarBelow() throws InterruptedException {
        try (ProgressDisplay display = ProgressDisplay.onStandardError(1000, 0)) {
            awaitBar(display, 10);
            System.err.println("spark-xception: warning: first");
            LoggerFactory.getLogger("org.sparkxception.Test").warn("second");
            awaitBar(display, 20);
        }

        assertThat(lines())
                .contains("spark-xception: warning: first")
                .anyMatch(line -> line.endsWith(" WARN  Test: second"))
                .last()
                .asString()
                .startsWith("images ");
        assertThat(System.err).isSameAs(terminal);
    }

    @Test
    void theBarDoesNotShowInTheMiddleOfALine() throws InterruptedException {
        try (ProgressDisplay display = ProgressDisplay.onStandardError(1000, 0)) {
            awaitBar(display, 10);
            System.err.print("the beginning");
            display.update(15, () -> "");
            Thread.sleep(1100);
            System.err.println(" and the end");
            awaitBar(display, 20);
        }

        assertThat(lines()).contains("the beginning and the end");
    }

    @Test
    void theBarIsSilentAfterTheFinalMessageOfTheProcess() throws InterruptedException {
        PrintStream silence = new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
        try (ProgressDisplay display = ProgressDisplay.onStandardError(1000, 0)) {
            awaitBar(display, 10);
            System.err.println("spark-xception: interrupted");
            System.setErr(silence);
            display.update(15, () -> "");
            Thread.sleep(1100);
        }

        assertThat(lines()).last().isEqualTo("spark-xception: interrupted");
        assertThat(System.err).isSameAs(silence);
    }

    private void awaitBar(ProgressDisplay display, long done) throws InterruptedException {
        display.update(done, () -> "");
        while (!printed.toString(StandardCharsets.UTF_8).contains(" " + done + "/1000 ")) {
            Thread.sleep(20);
        }
    }

    /** What a terminal shows: text after a carriage return replaces what was there. */
    private List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (String line :
                printed.toString(StandardCharsets.UTF_8).stripTrailing().split("\n", -1)) {
            StringBuilder shown = new StringBuilder();
            for (String text : line.split("\r", -1)) {
                shown.replace(0, Math.min(text.length(), shown.length()), text);
            }
            lines.add(shown.toString().stripTrailing());
        }
        return lines;
    }
}
