package org.sparkxception.source.container;

import java.io.IOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.sparkxception.source.dataset.ImageRef;
import org.sparkxception.source.dataset.Place;
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
            return inImage
                    ? Optional.empty()
                    : Optional.of(ListingEntry.image(image(part.container().path(), 0, open.locate())));
        }
    }

    private ListingEntry found(RecordReader records) throws IOException {
        String name = records.name();
        Kind kind = records.kind() == Kind.IMAGE ? names.judge(name) : records.kind();
        if (kind != Kind.IMAGE) {
            return ListingEntry.of(kind, name);
        }
        long size = records.size();
        Place.InContainer place = records.locate();
        inImage = true;
        String path = part.container().path() + "/" + (name.isEmpty() ? unnamed(place) : UriSecrets.hidden(name));
        return ListingEntry.image(image(path, size, place).withTruth(names.truth(name)));
    }

    private ImageRef image(String path, long size, Place.InContainer place) {
        return ImageRef.file(path, size, part.container().modified())
                .withVersion(part.container().version())
                .at(place);
    }

    /** The name of a record without one: its position. A member of a tar archive has no number but -1. */
    private static String unnamed(Place.InContainer place) {
        long number = place instanceof Place.SplitRecord record ? record.number() : -1;
        return "#" + place.start() + "-" + number;
    }
}
