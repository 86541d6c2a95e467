package org.sparkxception.job;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.sparkxception.inference.ImagePartition;
import org.sparkxception.source.ImageRef;

/**
 * Packs the images of a chunk into partitions of about the same cost: the bytes to read, and as much as {@value
 * #BYTES_AN_IMAGE} more for each image, which the network takes as long for whatever its size.
 */
final class PartitionPacker {
    private static final long BYTES_AN_IMAGE = 1 << 20;
    private static final int MAX_IMAGES = 2048;
    private static final int PARTITIONS_A_SLOT = 3;

    private PartitionPacker() {}

    /**
     * Packs images.
     *
     * @param slots how many tasks can run at once
     * @param batchSize a partition has no fewer images, if there are enough
     */
    static List<ImagePartition> pack(List<ImageRef> images, int slots, int batchSize) {
        int count = partitions(images.size(), slots, batchSize);
        PriorityQueue<Bin> lightestFirst =
                new PriorityQueue<>(Comparator.comparingLong(Bin::cost).thenComparingInt(Bin::number));
        for (int i = 0; i < count; i++) {
            lightestFirst.add(new Bin(i));
        }
        List<ImageRef> largestFirst = new ArrayList<>(images);
        largestFirst.sort(Comparator.comparingLong(ImageRef::size).reversed().thenComparing(ImageRef::path));
        for (ImageRef image : largestFirst) {
            Bin bin = lightestFirst.remove();
            bin.add(image);
            lightestFirst.add(bin);
        }
        return lightestFirst.stream()
                .sorted(Comparator.comparingInt(Bin::number))
                .map(bin -> new ImagePartition(bin.images))
                .toList();
    }

    /** Into how many partitions so many images are packed. */
    static int partitions(int images, int slots, int batchSize) {
        long wanted = Math.max((long) slots * PARTITIONS_A_SLOT, ceilDiv(images, MAX_IMAGES));
        return (int) Math.max(1, Math.min(wanted, ceilDiv(images, batchSize)));
    }

    private static int ceilDiv(int dividend, int divisor) {
        return (dividend + divisor - 1) / divisor;
    }

    private static final class Bin {
        private final int number;
        private final List<ImageRef> images = new ArrayList<>();
        private long cost;

        Bin(int number) {
            this.number = number;
        }

        void add(ImageRef image) {
            images.add(image);
            cost += BYTES_AN_IMAGE + image.size();
        }

        int number() {
            return number;
        }

        long cost() {
            return cost;
        }
    }
}
