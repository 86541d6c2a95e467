package org.sparkxception.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkxception.LongTest;
import org.sparkxception.TestSpark;
import org.sparkxception.chaos.BrokenRuns.Attack;
import org.sparkxception.chaos.BrokenRuns.Next;
import org.sparkxception.chaos.Faults.Kind;
import org.sparkxception.job.Mode;
import org.sparkxception.storage.LocalStorage;

/** {@code scripts/chaos/every-operation} in short: a few operations of each kind of accident, on the local disk. */
@LongTest
class BrokenRunsTest {
    @TempDir
    private static Path folder;

    private static final Map<String, String> SETTINGS_BEFORE = new HashMap<>();
    private static final List<String> FAULTS = new ArrayList<>();
    private static FaultyStorage disk;
    private static BrokenRuns runs;

    @BeforeAll
    static void makeAnOutput() throws Exception {
        SparkSession spark = TestSpark.session();
        Configuration shared = spark.sparkContext().hadoopConfiguration();
        disk = FaultyStorage.of(new LocalStorage(folder));
        disk.settings().forEach((name, value) -> {
            SETTINGS_BEFORE.put(name, shared.get(name, ""));
            shared.set(name, value);
        });
        disk.open(shared);
        runs = new BrokenRuns(spark, disk, folder.resolve("work"), FAULTS::add);
    }

    @AfterAll
    static void restore() throws Exception {
        Configuration shared = TestSpark.session().sparkContext().hadoopConfiguration();
        SETTINGS_BEFORE.forEach((name, value) -> {
            if (value.isEmpty()) {
                shared.unset(name);
            } else {
                shared.set(name, value);
            }
        });
        runs.close();
        disk.close();
    }

    /** Not those within a commit, which are Spark's and Hadoop's. */
    private static boolean isOurs(String operation) {
        return !operation.contains("/_temporary");
    }

    @ParameterizedTest
    @CsvSource({
        "OVERWRITE, DEAD, RESUME, 24",
        "OVERWRITE, REFUSED, SAME, 12",
        "UPDATE, DEAD, SAME, 30",
        "RETRY_FAILED, DEAD, RESUME, 30",
        "RETRY_FAILED, REFUSED, SAME, 15"
    })
    void aRunThatIsBrokenOffLosesNothingAndTouchesNothingOfOthers(Mode mode, Kind kind, Next next, int stride)
            throws Exception {
        BrokenTally tally = runs.attack(new Attack(mode, kind, next), BrokenRunsTest::isOurs, stride);

        assertThat(FAULTS).isEmpty();
        assertThat(tally.operations()).isPositive();
        assertThat(tally.isGood()).as(tally.row("local")).isTrue();
    }
}
