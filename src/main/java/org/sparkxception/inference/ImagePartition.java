package org.sparkxception.inference;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.sparkxception.source.dataset.ImageRef;

/** The images of one task. */
public final class ImagePartition implements Serializable {
    private static final long serialVersionUID = 1;

    private final ArrayList<ImageRef> images;

    public ImagePartition(Collection<ImageRef> images) {
        this.images = new ArrayList<>(images);
    }

    public List<ImageRef> images() {
        return images;
    }
}
