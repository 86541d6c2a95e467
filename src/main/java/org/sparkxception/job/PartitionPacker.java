package org.sparkxception.job;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.sparkxception.inference.ImagePartition;
import org.sparkxception.source.dataset.ImageRef;

/**
 * Packs the images of a chunk into partitions of equal cost per image. The cost of a partition is the number of bytes to read, plus
 * {@value #BYTES_PER_IMAGE} bytes per image, because the network takes the same time for each image. In the last chunk, partitions
 * become smaller, so that no task still works on a large one when the others have nothing left to do ("guided self-scheduling": C. D.
 * Polychronopoulos and D. J. Kuck, IEEE Transactions on Computers C-36, 1987).
 */
final class PartitionPacker {
    private static final long BYTES_PER_IMAGE = 1 << 20;
    private static final int PARTITIONS_PER_SLOT = 3;

    /** In the last chunk, a partition takes 1/{@value} of a slot's share of the remaining images. */
    private static final int PARTS_OF_LEFT = 2;

    private PartitionPacker() {}

    /**
     * Packs images.
     *
     * @param last whether no other chunk follows
     */
    static List<ImagePartition> pack(List<ImageRef> images, WorkSizes work, boolean last) {
        PriorityQueue<Bin> emptiestFirst =
                new PriorityQueue<>(Comparator.comparingDouble(Bin::filled).thenComparingInt(Bin::number));
        for (int size : sizes(images.size(), work, last)) {
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

    private static List<Integer> sizes(int images, WorkSizes work, boolean last) {
        int most = work.taskImages();
        int least = work.leastTaskImages(images, last);
        List<Integer> sizes = new ArrayList<>();
        for (int left = images; left > 0; left -= sizes.get(sizes.size() - 1)) {
            int share = Math.min(most, ceilDiv(left, PARTS_OF_LEFT * work.slots()));
            sizes.add(Math.min(left, Math.max(least, share)));
        }
        return sizes;
    }

    /** Number of partitions of equal size for a number of images. */
    static int partitions(int images, WorkSizes work) {
        int wanted = Math.max(work.slots() * PARTITIONS_PER_SLOT, ceilDiv(images, work.taskImages()));
        return Math.max(1, Math.min(wanted, ceilDiv(images, work.leastTaskImages(images, true))));
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
            cost += BYTES_PER_IMAGE + image.size();
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
