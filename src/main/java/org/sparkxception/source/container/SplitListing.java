package org.sparkxception.source.container;

import java.io.IOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.sparkxception.source.dataset.ImageRef;
import org.sparkxception.source.dataset.Split;
import org.sparkxception.source.fetch.ChangedFileException;
import org.sparkxception.source.files.ListingEntry;
import org.sparkxception.source.files.ListingEntry.Kind;
import org.sparkxception.storage.StorageFaults;
import org.sparkxception.storage.UriSecrets;

/**
 * Lists the images and the skipped entries of a split of a container. If the container is damaged inside an image, that image is
 * the last entry. If it is damaged elsewhere, the container itself is listed as an image, which will fail at the same position.
 */
final class SplitListing implements Iterator<ListingEntry> {
    private final Split part;
    private final SplitReader open;
    private final RecordNames names;
    private boolean opened;
    private boolean over;
    private boolean inImage;
    private Optional<ListingEntry> next = Optional.empty();

    SplitListing(Split part, SplitReader open, RecordNames names) {
        this.part = part;
        this.open = open;
        this.names = names;
    }

    @Override
    public boolean hasNext() {
        if (next.isEmpty() && !over) {
            next = advance();
            over = next.isEmpty() || over;
        }
        return next.isPresent();
    }

    @Override
    public ListingEntry next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        ListingEntry found = next.orElseThrow();
        next = Optional.empty();
        return found;
    }

    private Optional<ListingEntry> advance() {
        try {
            if (!opened) {
                open.open();
                opened = true;
            }
            return record();
        } catch (StorageException | ChangedFileException | UnsupportedContainerException e) {
            over = true;
            return Optional.of(ListingEntry.of(Kind.FAULT, fault(e)));
        }
    }

    private String fault(Exception e) {
        return e instanceof UnsupportedContainerException
                ? e.getMessage()
                : "could not read " + StorageFaults.explain(part.container().path(), e);
    }

    private Optional<ListingEntry> record() {
        try {
            RecordReader records = open.records();
            records.finishRecord();
            inImage = false;
            return records.next() ? Optional.of(found(records)) : Optional.empty();
        } catch (StorageException | UnsupportedContainerException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            over = true;
            return inImage ? Optional.empty() : Optional.of(ListingEntry.image(broken()));
        }
    }

    private ListingEntry found(RecordReader records) throws IOException {
        String name = records.name();
        Kind kind = records.kind() == Kind.IMAGE ? names.judge(name) : records.kind();
        if (kind != Kind.IMAGE) {
            return ListingEntry.of(kind, name);
        }
        ImageRef image = records.locate(image(name, records.size()));
        inImage = true;
        return ListingEntry.image(name.isEmpty() ? unnamed(image) : image);
    }

    private ImageRef image(String name, long size) {
        return named(part.container().path() + "/" + UriSecrets.hidden(name), size)
                .withTruth(names.truth(name));
    }

    private ImageRef named(String path, long size) {
        return ImageRef.file(path, size, part.container().modified())
                .withVersion(part.container().version());
    }

    private ImageRef unnamed(ImageRef image) {
        String path = image.path() + "#" + image.start() + "-" + image.record();
        return named(path, image.size()).withRecord(image.container(), image.start(), image.record());
    }

    private ImageRef broken() {
        return open.locate(named(part.container().path(), 0));
    }
}
