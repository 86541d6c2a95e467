package org.sparkxception.image;

/** Decodes image files. */
public interface Decoder extends AutoCloseable {
    /**
     * Decodes a file to upright RGB pixels.
     *
     * @param file the complete file
     * @throws ImageFault if its header or data is damaged, its format is not supported, or it has too many pixels
     */
    DecodedImage decode(byte[] file) throws ImageFault;

    @Override
    void close();
}
