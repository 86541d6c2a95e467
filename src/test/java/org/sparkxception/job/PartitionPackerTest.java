package org.sparkxception.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.sparkxception.inference.ImagePartition;
import org.sparkxception.source.dataset.ImageRef;

class PartitionPackerTest {
    @Test
    void aHugeFileHasFewerNeighbors() {
        List<ImageRef> images = IntStream.range(0, 101)
                .mapToObj(i -> image(i, i == 50 ? 20 << 20 : 0))
                .toList();

        List<ImagePartition> partitions = PartitionPacker.pack(images, slots(1), true);

        assertThat(partitions)
                .extracting(partition -> partition.images().size())
                .containsExactly(40, 30, 16, 10, 5);
    }

    @Test
    void partitionsBecomeSmallerSoThatTasksEndTogether() {
        List<ImageRef> images =
                IntStream.range(0, 10_000).mapToObj(i -> image(i, 0)).toList();

        assertThat(PartitionPacker.pack(images, slots(2), true))
                .extracting(partition -> partition.images().size())
                .containsExactly(2048, 1988, 1491, 1119, 839, 629, 472, 354, 265, 199, 149, 112, 84, 79, 79, 79, 14);
    }

    @Test
    void everyImageIsInOnePartition() {
        List<ImageRef> images =
                IntStream.range(0, 1000).mapToObj(i -> image(i, i * 1000L)).toList();

        List<ImagePartition> partitions = PartitionPacker.pack(images, slots(4), true);

        assertThat(partitions).hasSize(29);
        assertThat(partitions.stream()
                        .flatMap(p -> p.images().stream())
                        .map(ImageRef::path)
                        .collect(Collectors.toSet()))
                .hasSize(1000);
        assertThat(partitions.stream().mapToInt(p -> p.images().size()).sum()).isEqualTo(1000);
    }

    @Test
    void fewImagesAreNotSpreadThinnerThanABatch() {
        List<ImageRef> images =
                IntStream.range(0, 20).mapToObj(i -> image(i, 0)).toList();

        assertThat(PartitionPacker.pack(images, slots(16), true)).hasSize(3);
    }

    @Test
    void whenTheRateIsKnownTasksOfAChunkThatOthersFollowTakeHalfAMinute() {
        List<ImageRef> images =
                IntStream.range(0, 1200).mapToObj(i -> image(i, 0)).toList();

        assertThat(PartitionPacker.pack(images, new WorkSizes(2, 8, OptionalDouble.of(8)), false))
                .extracting(partition -> partition.images().size())
                .containsExactly(240, 240, 240, 240, 240);
    }

    @Test
    void beforeTheRateIsKnownAChunkIsSplitForItsSlots() {
        List<ImageRef> images =
                IntStream.range(0, 400).mapToObj(i -> image(i, 0)).toList();

        assertThat(PartitionPacker.pack(images, slots(10), false).get(0).images())
                .hasSize(20);
    }

    @Test
    void theLastTasksOfALargeClusterAreLongEnoughForTheDriver() {
        List<ImageRef> images =
                IntStream.range(0, 65_536).mapToObj(i -> image(i, 0)).toList();

        List<ImagePartition> partitions =
                PartitionPacker.pack(images, new WorkSizes(1000, 8, OptionalDouble.of(8)), true);

        // 26 images take 3.25 s, and 1000 slots start 308 such tasks per second.
        assertThat(partitions.get(0).images()).hasSize(33);
        assertThat(partitions.get(partitions.size() - 2).images()).hasSize(26);
    }

    /** Slots whose rate is unknown. */
    private static WorkSizes slots(int slots) {
        return new WorkSizes(slots, 8, OptionalDouble.empty());
    }

    private static ImageRef image(int number, long size) {
        return ImageRef.file("file:/%04d.png".formatted(number), size, Instant.EPOCH);
    }
}
