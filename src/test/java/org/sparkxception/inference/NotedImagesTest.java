package org.sparkxception.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkxception.TestSpark;

/** What a process leaves of the images that were with its decoders. */
class NotedImagesTest {
    private static final int PARTITION = 7;

    @TempDir
    Path folder;

    @Test
    void everyImageIsNotedBeforeItIsGivenOut() throws Exception {
        NotedImages noted = of(names(100), PARTITION);

        for (String name : names(100)) {
            assertThat(noted.next()).hasToString(name);
            assertThat(left()).contains(name);
        }
        assertThat(noted.hasNext()).isFalse();
    }

    @Test
    void onlyTheWindowsThatWereNotDoneAreLeftByACrash() throws Exception {
        NotedImages noted = of(names(1000), PARTITION);
        for (int i = 0; i < 500; i++) {
            PipelineInput image = noted.next();
            if (!image.toString().equals("image 3")) {
                noted.done(image);
            }
        }

        NotedImages next = of(names(1000), PARTITION);

        assertThat(next.isSuspect(image("image 3"))).isTrue();
        assertThat(next.isSuspect(image("image 100"))).isFalse();
        assertThat(next.isSuspect(image("image 999"))).isFalse();
    }

    @Test
    void anOrderlyEndLeavesNothing() throws Exception {
        NotedImages noted = of(names(40), PARTITION);
        noted.next();
        assertThat(left()).isNotEmpty();

        noted.close();

        assertThat(left()).isEmpty();
        assertThat(files()).isEmpty();
    }

    @Test
    void ofATaskWhoseDecoderIsStuckOnlyThatImageIsLeft() throws Exception {
        NotedImages noted = of(names(40), PARTITION);
        PipelineInput stuck = noted.next();
        noted.next();

        noted.close(List.of(stuck));

        assertThat(left()).containsExactly("image 0");
        assertThat(of(names(40), PARTITION).isSuspect(stuck)).isTrue();
    }

    @Test
    void anotherAttemptReadsWhatItsPartitionLeftAndTheNextRunReadsAll() throws Exception {
        of(List.of("a"), PARTITION).next();
        of(List.of("b"), 70).next();

        NotedImages again = NotedImages.of(inputs(List.of()), new Fresh().notes, PARTITION, true);
        NotedImages first = NotedImages.of(inputs(List.of()), new Fresh().notes, PARTITION, false);

        assertThat(again.isSuspect(image("a"))).isTrue();
        assertThat(again.isSuspect(image("b"))).isFalse();
        assertThat(first.isSuspect(image("a"))).isFalse();
        assertThat(left()).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void aNoteThatWasBrokenOffSaysNothing() throws Exception {
        of(List.of("whole"), PARTITION).next();
        Files.writeString(folder.resolve("7-torn-0.json"), "[\"image 0\", \"ima");
        Files.writeString(folder.resolve("7-empty-0.json"), "");

        assertThat(left()).containsExactly("whole");
    }

    @Test
    void namesAreKeptWhateverIsInThem() throws Exception {
        List<String> names = List.of("a\nb", "\"q\"\\", "été 靴", "half \ud800 of a character", "x".repeat(100_000));

        of(names, PARTITION).next();

        assertThat(left()).containsExactlyInAnyOrderElementsOf(names);
    }

    @Test
    void imagesThatBringTheirBytesAlongAreNotGatheredWithoutBound() throws Exception {
        List<Input> given = new ArrayList<>();
        NotedImages noted = NotedImages.of(
                IntStream.range(0, 1000)
                        .mapToObj(i -> new Input("image " + i, 10 << 20, true))
                        .peek(given::add)
                        .iterator(),
                new Fresh().notes,
                PARTITION,
                false);

        noted.next();

        assertThat(given).hasSize(2);
    }

    @Test
    void whatIsNotDecodedWhenTheProcessEndsIsLeftAlone() throws Exception {
        NotedImages noted = of(names(17), PARTITION);
        names(16).forEach(name -> noted.next());
        noted.close();
        Thread task = new Thread(noted::next);
        task.setDaemon(true);
        task.setUncaughtExceptionHandler((thread, interrupted) -> {});

        task.start();
        task.join(500);

        assertThat(task.isAlive()).isTrue();
        assertThat(files()).isEmpty();
        task.interrupt();
        task.join();
    }

    /** Notes as a run opens them whose predecessor left none. */
    private final class Fresh {
        private final DecodingNotes notes;

        Fresh() throws IOException {
            Path kept = Files.createTempDirectory(folder.getParent(), "kept");
            try (Stream<Path> there = Files.list(folder)) {
                for (Path file : there.toList()) {
                    Files.move(file, kept.resolve(file.getFileName()));
                }
            }
            notes = notes();
            try (Stream<Path> there = Files.list(kept)) {
                for (Path file : there.toList()) {
                    Files.move(file, folder.resolve(file.getFileName()));
                }
            }
            Files.delete(kept);
        }
    }

    private NotedImages of(List<String> names, int partition) throws IOException {
        return NotedImages.of(inputs(names), notes(), partition, false);
    }

    private DecodingNotes notes() throws IOException {
        return DecodingNotes.in(folder.toString(), TestSpark.broadcast(new Configuration()));
    }

    /** What the next run would decode in processes of their own. */
    private Set<String> left() throws IOException {
        return notes().suspects(0, false);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    private static List<String> names(int count) {
        return IntStream.range(0, count).mapToObj(i -> "image " + i).toList();
    }

    private static Iterator<Input> inputs(List<String> names) {
        return names.stream().map(NotedImagesTest::image).iterator();
    }

    private static Input image(String name) {
        return new Input(name, 0, false);
    }

    private record Input(String name, long size, boolean isInMemory) implements PipelineInput {
        @Override
        public byte[] read() {
            return new byte[0];
        }

        @Override
        public String toString() {
            return name;
        }

        @Override
        public Row row(Object[] outcome) {
            return RowFactory.create(outcome);
        }
    }
}
