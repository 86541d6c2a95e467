package org.sparkxception.job;

import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import org.sparkxception.source.ImageRef;
import scala.Tuple2;

/** What one sorted range of a plan holds. */
final class RangeTotals implements Serializable {
    private static final long serialVersionUID = 1;

    static final RangeTotals NONE = new RangeTotals(0, 0, 0);

    private final long images;
    private final long bytes;
    private final int chunks;

    private RangeTotals(long images, long bytes, int chunks) {
        this.images = images;
        this.bytes = bytes;
        this.chunks = chunks;
    }

    /** Counts images whose chunks are numbered from 0. */
    static Iterator<RangeTotals> of(Iterator<Tuple2<Integer, ImageRef>> numbered) {
        long images = 0;
        long bytes = 0;
        int chunks = 0;
        while (numbered.hasNext()) {
            Tuple2<Integer, ImageRef> next = numbered.next();
            images++;
            bytes += next._2().size();
            chunks = next._1() + 1;
        }
        return List.of(new RangeTotals(images, bytes, chunks)).iterator();
    }

    RangeTotals plus(RangeTotals other) {
        return new RangeTotals(images + other.images, bytes + other.bytes, chunks + other.chunks);
    }

    long images() {
        return images;
    }

    long bytes() {
        return bytes;
    }

    int chunks() {
        return chunks;
    }
}
