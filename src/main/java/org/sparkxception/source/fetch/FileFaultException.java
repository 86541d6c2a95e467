package org.sparkxception.source.fetch;

import java.io.IOException;
import org.sparkxception.image.ImageFault;
import org.sparkxception.image.ImageStatus;

/** A permanent fault of one file: retries do not help, and it does not indicate a storage problem. */
public class FileFaultException extends IOException {
    private static final long serialVersionUID = 1;

    private final ImageStatus status;

    FileFaultException(ImageStatus status, String message) {
        super(message);
        this.status = status;
    }

    ImageFault fault() {
        return new ImageFault(status, getMessage());
    }
}
