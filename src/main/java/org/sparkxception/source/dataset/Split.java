package org.sparkxception.source.dataset;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/** A part of a container that is listed or read by a single task. */
public final class Split implements Serializable {
    private static final long serialVersionUID = 1;

    private final ImageRef container;
    private final long start;
    private final long end;

    Split(ImageRef container, long start, long end) {
        this.container = container;
        this.start = start;
        this.end = end;
    }

    /** Divides a file into splits. The last split has no end, so that no record is missed. */
    public static List<Split> of(ImageRef container, long bytes) {
        List<Split> parts = new ArrayList<>();
        long start = 0;
        while (container.size() - start > bytes) {
            parts.add(new Split(container, start, start + bytes));
            start += bytes;
        }
        parts.add(new Split(container, start, Long.MAX_VALUE));
        return parts;
    }

    /** The file that this is a split of. */
    public ImageRef container() {
        return container;
    }

    public long start() {
        return start;
    }

    public long end() {
        return end;
    }
}
