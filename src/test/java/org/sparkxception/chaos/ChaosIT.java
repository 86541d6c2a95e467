package org.sparkxception.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkxception.Launched;
import org.sparkxception.LongTest;
import org.sparkxception.chaos.ChaosSuite.Tally;
import org.sparkxception.storage.TestStorage;

/** The chaos suite in short; {@code scripts/chaos/run} is the long form. */
@LongTest
class ChaosIT {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"hdfs", "s3proxy", "seaweedfs"})
    void aRunWhoseDriverWasKilledIsFinishedByTheNext(String name) throws Exception {
        try (TestStorage server = Chaos.server(name, folder);
                ChaosSuite suite = suite(name, server)) {
            assertThat(suite.driverKills(2)).satisfies(ChaosIT::nothingIsLostOrTwice);
        }
    }

    @Test
    void deathsInCommitOfExecutorsAndSecondAttemptsLoseNothing() throws Exception {
        try (TestStorage server = Chaos.server("local", folder);
                ChaosSuite suite = suite("local", server)) {
            assertThat(suite.commitKills(2)).satisfies(ChaosIT::nothingIsLostOrTwice);
            assertThat(suite.executorKills(1)).satisfies(ChaosIT::nothingIsLostOrTwice);
            assertThat(suite.speculation(1)).satisfies(ChaosIT::nothingIsLostOrTwice);
        }
    }

    @Test
    void ofTwoWritersOneIsTurnedAwayAtOnce() throws Exception {
        List<String> command = List.of(
                "classify",
                "--master",
                "local[2]",
                "--input",
                "sample-data/images",
                "--chunk-images",
                "25",
                "--output",
                folder.resolve("scores").toString());
        Map<String, String> slow =
                Map.of("JAVA_TOOL_OPTIONS", ChaosAgent.options(folder) + " -D" + ChaosAgent.STRAGGLERS + "=1");
        Launched first = Launched.start(folder.resolve("first.log"), slow, command);
        while (!Files.exists(folder.resolve("scores/_run/run.json"))) {
            assertThat(first.process().isAlive()).as(first.output()).isTrue();
            Thread.sleep(100);
        }

        Launched second = Launched.start(folder.resolve("second.log"), Map.of(), command);

        assertThat(second.exitCode()).as(second.output()).isEqualTo(7);
        assertThat(first.process().isAlive()).isTrue();
        assertThat(second.output())
                .contains("is locked by process " + first.process().pid() + " of ")
                .contains(" since 20")
                .contains("try again when that run has ended");
        assertThat(first.exitCode()).as(first.output()).isZero();
        assertThat(Launched.report(folder.resolve("scores")).at("/images/total").asLong())
                .isEqualTo(246);
    }

    private ChaosSuite suite(String name, TestStorage server) throws Exception {
        return new ChaosSuite(name, server, folder.resolve("work"), line -> System.err.println(line));
    }

    private static void nothingIsLostOrTwice(Tally tally) {
        assertThat(tally.accidents()).isPositive();
        assertThat(tally.planned()).isPositive();
        assertThat(tally.lost()).isZero();
        assertThat(tally.twice()).isZero();
    }
}
