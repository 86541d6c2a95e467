package org.sparkxception.job;

import java.util.Iterator;
import org.apache.spark.api.java.function.Function2;
import org.sparkxception.source.ImageRef;
import scala.Tuple2;

/** Numbers the chunks of one sorted range of the plan: a chunk is closed when the next image would overfill it. */
final class AssignChunks implements Function2<Integer, Iterator<ImageRef>, Iterator<Tuple2<Integer, ImageRef>>> {
    private static final long serialVersionUID = 1;

    private final ChunkLimits limits;
    private final int[] firstChunks;

    /** The chunks of range {@code i} begin with number {@code firstChunks[i]}. */
    AssignChunks(ChunkLimits limits, int[] firstChunks) {
        this.limits = limits;
        this.firstChunks = firstChunks.clone();
    }

    @Override
    public Iterator<Tuple2<Integer, ImageRef>> call(Integer range, Iterator<ImageRef> images) {
        return new Iterator<>() {
            private int chunk = firstChunks[range];
            private long count;
            private long bytes;

            @Override
            public boolean hasNext() {
                return images.hasNext();
            }

            @Override
            public Tuple2<Integer, ImageRef> next() {
                ImageRef image = images.next();
                if (count > 0 && (count == limits.images() || bytes + image.size() > limits.bytes())) {
                    chunk++;
                    count = 0;
                    bytes = 0;
                }
                count++;
                bytes += image.size();
                return new Tuple2<>(chunk, image);
            }
        };
    }
}
