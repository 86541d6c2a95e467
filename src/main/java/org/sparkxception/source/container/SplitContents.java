package org.sparkxception.source.container;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.sparkxception.image.ImageFault;
import org.sparkxception.image.ImageStatus;
import org.sparkxception.source.dataset.ImageContent;
import org.sparkxception.source.dataset.ImageRef;
import org.sparkxception.source.dataset.SplitRequest;
import org.sparkxception.source.fetch.ChangedFileException;
import org.sparkxception.source.fetch.FileFetcher;

/** Reads images from a split of a container, one at a time. All images after a damaged position get the same fault. */
final class SplitContents implements Iterator<ImageContent> {
    private static final int ATTEMPTS = 3;
    private static final long PAUSE_MILLIS = 1000;

    private final Iterator<ImageRef> images;
    private final SplitReader open;
    private final String label;
    private final long maxBytes;
    private boolean opened;
    private long number = -1;
    private Optional<ImageFault> broken = Optional.empty();

    SplitContents(List<ImageRef> images, SplitReader open, String label, long maxBytes) {
        this.images = images.iterator();
        this.open = open;
        this.label = label;
        this.maxBytes = maxBytes;
    }

    @Override
    public boolean hasNext() {
        return images.hasNext();
    }

    @Override
    public ImageContent next() {
        ImageRef image = images.next();
        try {
            FileFetcher.requireSize(image, maxBytes);
            if (broken.isPresent()) {
                throw broken.orElseThrow();
            }
            return ImageContent.of(image, content(image));
        } catch (ImageFault fault) {
            return ImageContent.failed(image, fault);
        }
    }

    /** Reads forward to the image. If the storage fails, starts over from the start of the split. */
    private byte[] content(ImageRef image) throws ImageFault {
        for (int attempt = 1; ; attempt++) {
            try {
                return read(image);
            } catch (ChangedFileException e) {
                throw breakOff(FileFetcher.changed());
            } catch (StorageException e) {
                open.close();
                opened = false;
                if (e.getCause() instanceof FileNotFoundException) {
                    throw breakOff(FileFetcher.gone());
                }
                if (!FileFetcher.isTransient(e.getCause())) {
                    throw breakOff(FileFetcher.unreadable(image.file(), e.getCause()));
                }
                if (attempt == ATTEMPTS) {
                    open.requireStorage(e.getCause());
                    throw breakOff(FileFetcher.unreadable(image.file(), e.getCause()));
                }
                pause();
            } catch (IOException | RuntimeException e) {
                throw breakOff(new ImageFault(
                        ImageStatus.CORRUPT,
                        "the %s is damaged at %s (%s): everything after that point is unreadable"
                                .formatted(label, open.position(), e.getMessage())));
            }
        }
    }

    private byte[] read(ImageRef image) throws IOException {
        if (!opened) {
            open.open();
            opened = true;
            number = -1;
        }
        RecordReader records = open.records();
        while (number < SplitRequest.number(image)) {
            if (number >= 0) {
                records.finishRecord();
            }
            if (!records.next()) {
                throw new IOException("unexpected end");
            }
            number++;
        }
        return records.read();
    }

    private ImageFault breakOff(ImageFault fault) {
        broken = Optional.of(fault);
        return fault;
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the storage", e);
        }
    }
}
