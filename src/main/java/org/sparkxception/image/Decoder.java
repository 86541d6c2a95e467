package org.sparkxception.image;

/** Makes pixels of the bytes of an image file. */
public interface Decoder extends AutoCloseable {
    /**
     * Decodes a whole file to upright RGB pixels.
     *
     * @throws ImageFault if its header or its data is damaged, it is no image, or it has too many pixels
     */
    DecodedImage decode(byte[] file) throws ImageFault;

    @Override
    void close();
}
