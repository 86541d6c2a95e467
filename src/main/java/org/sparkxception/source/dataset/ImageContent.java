package org.sparkxception.source.dataset;

import java.io.Serializable;
import org.sparkxception.image.ImageFault;
import org.sparkxception.image.ImageStatus;

/** The encoded bytes of an image, or the reason why they could not be read. */
public final class ImageContent implements Serializable {
    private static final long serialVersionUID = 1;

    private static final byte[] NONE = {};

    private final ImageRef image;
    private final byte[] bytes;
    private final ImageStatus status;
    private final String error;

    private ImageContent(ImageRef image, byte[] bytes, ImageStatus status, String error) {
        this.image = image;
        this.bytes = bytes;
        this.status = status;
        this.error = error;
    }

    /** Content that was read. The array is not copied. */
    public static ImageContent of(ImageRef image, byte[] bytes) {
        return new ImageContent(image, bytes, ImageStatus.OK, "");
    }

    public static ImageContent failed(ImageRef image, ImageFault fault) {
        return new ImageContent(image, NONE, fault.status(), fault.getMessage());
    }

    public ImageRef image() {
        return image;
    }

    /**
     * The encoded image.
     *
     * @throws ImageFault if it could not be read
     */
    public byte[] bytes() throws ImageFault {
        if (status != ImageStatus.OK) {
            throw new ImageFault(status, error);
        }
        return bytes;
    }
}
