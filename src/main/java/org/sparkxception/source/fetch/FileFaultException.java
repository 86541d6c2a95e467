package org.sparkxception.source.fetch;

import java.io.IOException;
import org.sparkxception.image.ImageFault;
import org.sparkxception.image.ImageStatus;

/** A fault of one file, which is the same at every try and says nothing of its storage. */
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
