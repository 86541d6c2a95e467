package org.sparkxception.source.dataset;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A split of a container and the images to read from it, in the order of their records. */
public final class SplitRequest implements Serializable {
    private static final long serialVersionUID = 1;

    private final ArrayList<ImageRef> images;

    private SplitRequest(List<ImageRef> images) {
        this.images = new ArrayList<>(images);
        this.images.sort(Comparator.comparingLong(SplitRequest::number));
    }

    /** Groups those of the images that are records by their split. */
    public static List<SplitRequest> of(Collection<ImageRef> images) {
        Map<List<Object>, List<ImageRef>> parts = new LinkedHashMap<>();
        for (ImageRef image : images) {
            image.record()
                    .ifPresent(record -> parts.computeIfAbsent(
                                    List.of(record.container(), record.start()), split -> new ArrayList<>())
                            .add(image));
        }
        return parts.values().stream().map(SplitRequest::new).toList();
    }

    /** The number of a record in its split, from 0. */
    public static long number(ImageRef record) {
        return record.record().orElseThrow().number();
    }

    public Split part() {
        ImageRef first = images.get(0);
        ImageRef container = ImageRef.file(first.file(), 0, first.modified());
        return new Split(container, first.start(), Long.MAX_VALUE);
    }

    public List<ImageRef> images() {
        return images;
    }
}
