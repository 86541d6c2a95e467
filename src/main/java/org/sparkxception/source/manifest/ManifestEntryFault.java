package org.sparkxception.source.manifest;

import java.util.Arrays;
import org.sparkxception.image.ImageFault;
import org.sparkxception.image.ImageStatus;
import org.sparkxception.source.dataset.ImageRef;

/** Why a manifest entry does not refer to a file. The number of the fault is the record number of the planned entry. */
enum ManifestEntryFault {
    NO_PATH(0, ImageStatus.MISSING, "the manifest entry has no path: it is null or empty"),
    NO_NAME(1, ImageStatus.UNREADABLE, "it is not a valid Hadoop path, or its filesystem is not available"),
    DIRECTORY(2, ImageStatus.UNREADABLE, "it is a directory: a manifest must list files"),
    SECRET(
            3,
            ImageStatus.UNREADABLE,
            "its URI had a password or a query, such as a signature, which was removed and is never used: configure"
                    + " credentials in the storage settings, and first download files that only such a URL can open");

    private final long number;
    private final ImageStatus status;
    private final String message;

    ManifestEntryFault(long number, ImageStatus status, String message) {
        this.number = number;
        this.status = status;
        this.message = message;
    }

    static ManifestEntryFault of(ImageRef image) {
        return Arrays.stream(values())
                .filter(fault -> fault.number == image.record())
                .findFirst()
                .orElseThrow();
    }

    /** The entry as an image reference that carries this fault. */
    ImageRef image(String path, String manifest) {
        return ImageRef.missing(path).withRecord(manifest, 0, number);
    }

    ImageFault fault() {
        return new ImageFault(status, message);
    }
}
