package org.sparkxception.job;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.sparkxception.inference.ImagePartition;
import org.sparkxception.source.dataset.ImageRef;

/**
 * Packs the images of a chunk into partitions of decreasing size, so that no task still works on a large partition when the others have
 * nothing left to do ("guided self-scheduling": C. D. Polychronopoulos and D. J. Kuck, IEEE Transactions on Computers C-36, 1987). The
 * cost of a partition is the number of bytes to read, plus {@value #BYTES_AN_IMAGE} bytes per image, because the network takes the same
 * time for each image.
 */
final class PartitionPacker {
    private static final long BYTES_AN_IMAGE = 1 << 20;
    private static final int MAX_IMAGES = 2048;
    private static final int PARTITIONS_A_SLOT = 3;

    /** A partition takes 1/{@value} of a task's share of the remaining images. */
    private static final int PARTS_OF_LEFT = 2;

    /** The last partitions have at least 1/{@value} of a task's share of all images, up to a cap, because each becomes a file. */
    private static final int PARTS_OF_ALL = 64;

    private static final int MIN_SIZE_CAP = 128;

    private PartitionPacker() {}

    /**
     * Packs images.
     *
     * @param slots number of tasks that can run at once
     * @param batchSize minimum number of images per partition, if there are enough
     */
    static List<ImagePartition> pack(List<ImageRef> images, int slots, int batchSize) {
        PriorityQueue<Bin> emptiestFirst =
                new PriorityQueue<>(Comparator.comparingDouble(Bin::filled).thenComparingInt(Bin::number));
        for (int size : sizes(images.size(), slots, batchSize)) {
            emptiestFirst.add(new Bin(emptiestFirst.size(), size));
        }
        List<ImageRef> largestFirst = new ArrayList<>(images);
        largestFirst.sort(Comparator.comparingLong(ImageRef::size).reversed().thenComparing(ImageRef::path));
        for (ImageRef image : largestFirst) {
            Bin bin = emptiestFirst.remove();
            bin.add(image);
            emptiestFirst.add(bin);
        }
        return emptiestFirst.stream()
                .sorted(Comparator.comparingInt(Bin::number))
                .map(bin -> new ImagePartition(bin.images))
                .toList();
    }

    private static List<Integer> sizes(int images, int slots, int batchSize) {
        int least = Math.max(batchSize, Math.min(MIN_SIZE_CAP, ceilDiv(images, PARTS_OF_ALL * slots)));
        List<Integer> sizes = new ArrayList<>();
        for (int left = images; left > 0; left -= sizes.get(sizes.size() - 1)) {
            int share = Math.min(MAX_IMAGES, ceilDiv(left, PARTS_OF_LEFT * slots));
            sizes.add(Math.min(left, Math.max(least, share)));
        }
        return sizes;
    }

    /** Number of partitions of equal size for a number of images. */
    static int partitions(int images, int slots, int batchSize) {
        long wanted = Math.max((long) slots * PARTITIONS_A_SLOT, ceilDiv(images, MAX_IMAGES));
        return (int) Math.max(1, Math.min(wanted, ceilDiv(images, batchSize)));
    }

    private static int ceilDiv(int dividend, int divisor) {
        return (dividend + divisor - 1) / divisor;
    }

    private static final class Bin {
        private final int number;
        private final int size;
        private final List<ImageRef> images = new ArrayList<>();
        private long cost;

        Bin(int number, int size) {
            this.number = number;
            this.size = size;
        }

        void add(ImageRef image) {
            images.add(image);
            cost += BYTES_AN_IMAGE + image.size();
        }

        int number() {
            return number;
        }

        /** Cost per image of its planned size. */
        double filled() {
            return (double) cost / size;
        }
    }
}
