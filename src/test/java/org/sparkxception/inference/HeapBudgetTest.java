package org.sparkxception.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sparkxception.ExitCode;
import org.sparkxception.LongTest;
import org.sparkxception.TestModels;
import org.sparkxception.TestSpark;
import org.sparkxception.UserException;
import org.sparkxception.engine.ScoringModel;
import org.sparkxception.metrics.StatisticsAccumulator;
import org.sparkxception.model.Precision;

/** What images take of the Java heap, and what happens when there is no more. */
@Timeout(120)
class HeapBudgetTest {
    private static final int MIB = 1 << 20;

    private final HeapBudget budget = new HeapBudget(10 * MIB);
    private final HeapBudget.Account one = budget.account();
    private final HeapBudget.Account other = budget.account();

    @Test
    void whoWantsMoreThanIsFreeWaitsUntilItIs() throws Exception {
        int share = one.take(6 * MIB);
        Thread waiting = waiting(5 * MIB);
        assertThat(waiting.isAlive()).isTrue();

        one.giveBack(share);

        waiting.join(TimeUnit.SECONDS.toMillis(10));
        assertThat(waiting.isAlive()).isFalse();
    }

    @Test
    void whoWantsMoreThanThereIsTakesAll() throws Exception {
        other.giveBack(other.take(1L << 40));

        int all = one.take(1L << 40);

        Thread waiting = waiting(1);
        assertThat(waiting.isAlive()).isTrue();
        one.giveBack(all);
        waiting.join(TimeUnit.SECONDS.toMillis(10));
        assertThat(waiting.isAlive()).isFalse();
    }

    @Test
    void anAccountThatIsClosedHoldsNothingAndGivesNothingBackTwice() throws Exception {
        int share = one.take(10 * MIB);
        one.close();
        one.giveBack(share);

        assertThat(waiting(10 * MIB).isAlive()).isFalse();
        assertThat(waiting(1).isAlive()).isTrue();
    }

    @Test
    void whatIsTakenAfterAnAccountWasClosedIsFreeAtOnce() throws Exception {
        one.close();
        one.take(10 * MIB);

        assertThat(waiting(10 * MIB).isAlive()).isFalse();
    }

    /** Four strips of 33 MiB at once are more than is free of a heap of 160 MiB, and so is one of 91 MiB. */
    @LongTest
    @Test
    void theHeapMayBeSmallerThanAnUnpackedStrip() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx160m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SmallHeapRun.class.getName())
                .redirectErrorStream(true)
                .start();

        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(output.lines().filter(line -> line.startsWith("image ")))
                .as(output)
                .containsExactlyInAnyOrder(
                        "image 0: ready 2400×2400",
                        "image 1: ready 2400×2400",
                        "image 2: ready 2400×2400",
                        "image 3: ready 2400×2400",
                        "image 4: ready 2400×2400",
                        "image 5: ready 4000×4000",
                        "image 6: TOO_LARGE the file has 900,000,000 bytes, but the limit for files in the Java heap is "
                                + output.replaceAll("(?s).*in the Java heap is ([\\d,]+) bytes.*", "$1")
                                + " bytes: raise spark.executor.memory (-Xmx in local mode) Optional.empty");
    }

    @Test
    void aHeapThatIsUsedUpIsNoFaultOfAnImageAndEndsNoJvm() throws Exception {
        TestSpark.session();
        PipelineInput image = new Exhausting(new OutOfMemoryError("Java heap space"), 1, false);

        assertThatThrownBy(() -> prepare(image))
                .isInstanceOfSatisfying(
                        UserException.class,
                        fault -> assertThat(fault.exitCode()).isEqualTo(ExitCode.UNEXPECTED))
                .hasMessageStartingWith("out of memory (Java heap space; the limit of the Java heap is ")
                .hasMessageEndingWith(
                        " MiB): raise spark.executor.memory (-Xmx in local mode), or lower `decode-threads`")
                .hasNoCause();
    }

    /** Spark ends a JVM, in which a task fails with such a cause. */
    @Test
    void anErrorIsNoCauseOfWhatATaskFailsWith() throws Exception {
        TestSpark.session();
        PipelineInput image = new Exhausting(new StackOverflowError(), 1, false);

        assertThatThrownBy(() -> prepare(image))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("an image could not be prepared: java.lang.StackOverflowError")
                .hasNoCause();
    }

    /** The image that its thread broke at holds all that the next one waits for. */
    @Test
    void aTaskDoesNotWaitForWhatABrokenThreadHolds() throws Exception {
        TestSpark.session();
        PipelineInput image = new Exhausting(new OutOfMemoryError("Java heap space"), 1L << 40, true);

        assertThatThrownBy(() -> prepare(image, image)).hasMessageStartingWith("out of memory");
    }

    private static void prepare(PipelineInput... images) throws IOException, InterruptedException {
        ScoringSettings settings = ScoringSettings.builder().build();
        try (ScoringModel model = ScoringModel.load(TestModels.tiny(1), Precision.FP32, Device.cpu(), false);
                ImagePreparer preparer = new ImagePreparer(
                        settings,
                        model,
                        NotedImages.unnoted(List.of(images).iterator(), false),
                        new StatisticsAccumulator())) {
            while (preparer.hasMore()) {
                preparer.submit();
            }
            preparer.take();
        }
    }

    /** A thread that has taken so much, or waits for it. */
    private Thread waiting(long bytes) throws InterruptedException {
        Thread thread = new Thread(() -> {
            try {
                other.take(bytes);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        thread.setDaemon(true);
        thread.start();
        thread.join(300);
        return thread;
    }

    private record Exhausting(Error error, long size, boolean isInMemory) implements PipelineInput {
        @Override
        public byte[] read() {
            throw error;
        }

        @Override
        public Row row(Object[] outcome) {
            return RowFactory.create(outcome);
        }
    }
}
