package org.sparkxception.source.manifest;

import java.util.Arrays;
import org.sparkxception.image.ImageFault;
import org.sparkxception.image.ImageStatus;
import org.sparkxception.source.dataset.ImageRef;

/** Why an entry of a manifest names no file; it is planned as the record of this number. */
enum ManifestEntryFault {
    NO_PATH(0, ImageStatus.MISSING, "the manifest's entry names no file: its path is null or empty"),
    NO_NAME(1, ImageStatus.UNREADABLE, "it is no name that Hadoop can address"),
    DIRECTORY(2, ImageStatus.UNREADABLE, "it is a directory, and a manifest is to list files"),
    SECRET(
            3,
            ImageStatus.UNREADABLE,
            "it had a password or a query, such as a signature, which is left out and never used: give credentials in the"
                    + " settings of the storage, and download before what only such a URL opens");

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

    /** The entry as an image. */
    ImageRef image(String path, String manifest) {
        return ImageRef.missing(path).withRecord(manifest, 0, number);
    }

    ImageFault fault() {
        return new ImageFault(status, message);
    }
}
