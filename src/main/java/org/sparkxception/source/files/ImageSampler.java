package org.sparkxception.source.files;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.sparkxception.source.dataset.FileNames;
import org.sparkxception.source.dataset.ImageRef;
import org.sparkxception.storage.FileSystems;

/** Samples image files from a directory, without Spark. */
public final class ImageSampler {
    private static final int MAX_LISTED = 1_000_000;
    private static final long SEED = 2017;

    private ImageSampler() {}

    /**
     * Returns all image files below a directory, or the given file, in a random but reproducible order. At most the first
     * {@value #MAX_LISTED} files that the storage lists are considered.
     */
    public static List<ImageRef> shuffled(String uri, Configuration configuration) throws IOException {
        FileNames names = new FileNames(List.of());
        Path path = new Path(uri);
        List<ImageRef> images = new ArrayList<>();
        RemoteIterator<LocatedFileStatus> files =
                FileSystems.of(path, configuration).listFiles(path, true);
        while (files.hasNext() && images.size() < MAX_LISTED) {
            LocatedFileStatus file = files.next();
            String name = file.getPath().getName();
            if (names.include(name) && !names.hides(name)) {
                images.add(ImageRef.file(
                        file.getPath().toString(), file.getLen(), Instant.ofEpochMilli(file.getModificationTime())));
            }
        }
        images.sort(Comparator.comparing(ImageRef::path));
        Collections.shuffle(images, new Random(SEED));
        return images;
    }
}
