package org.sparkxception.source.fetch;

import org.sparkxception.image.ImageStatus;

/** A file has changed since it was planned. */
public final class ChangedFileException extends FileFaultException {
    private static final long serialVersionUID = 1;

    public ChangedFileException() {
        super(
                ImageStatus.UNREADABLE,
                "the file has changed since the run was planned: use mode update to score the current version");
    }
}
