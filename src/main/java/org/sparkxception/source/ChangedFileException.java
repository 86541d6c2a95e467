package org.sparkxception.source;

import java.io.IOException;

/** A file is not the one that was planned. */
final class ChangedFileException extends IOException {
    private static final long serialVersionUID = 1;

    ChangedFileException() {
        super("the file has changed since the run was planned: --mode update scores it as it is now");
    }
}
