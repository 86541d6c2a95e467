package org.sparkxception.source.table;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Iterator;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkxception.image.ImageFault;
import org.sparkxception.source.dataset.ImageContent;
import org.sparkxception.source.dataset.ImageRef;
import org.sparkxception.source.dataset.SplitRequest;
import org.sparkxception.source.fetch.FileFetcher;
import org.sparkxception.storage.FileSystems;

/** Finds, on an executor, images that need not be read: those that are too large, or whose file has changed or is gone. */
final class CheckTableFile implements FlatMapFunction<SplitRequest, ImageContent> {
    private static final long serialVersionUID = 1;

    private final SerializableConfiguration configuration;
    private final long maxBytes;

    CheckTableFile(SerializableConfiguration configuration, long maxBytes) {
        this.configuration = configuration;
        this.maxBytes = maxBytes;
    }

    @Override
    public Iterator<ImageContent> call(SplitRequest part) {
        Optional<ImageFault> fault = fault(part.part().container());
        return part.images().stream()
                .flatMap(image ->
                        tooLarge(image).or(() -> fault).map(reason -> ImageContent.failed(image, reason)).stream())
                .iterator();
    }

    private Optional<ImageFault> tooLarge(ImageRef image) {
        try {
            FileFetcher.requireSize(image, maxBytes);
            return Optional.empty();
        } catch (ImageFault fault) {
            return Optional.of(fault);
        }
    }

    private Optional<ImageFault> fault(ImageRef file) {
        try {
            Path path = new Path(file.path());
            long modified = FileSystems.of(path, configuration.value())
                    .getFileStatus(path)
                    .getModificationTime();
            return modified == file.modified().toEpochMilli() ? Optional.empty() : Optional.of(FileFetcher.changed());
        } catch (FileNotFoundException e) {
            return Optional.of(FileFetcher.gone());
        } catch (IOException e) {
            return Optional.of(FileFetcher.unreadable(file.path(), e));
        }
    }
}
