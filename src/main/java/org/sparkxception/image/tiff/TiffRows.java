package org.sparkxception.image.tiff;

import java.util.zip.DataFormatException;

/** The rows of a block, decompressed one by one, so that the block is never in memory. */
interface TiffRows extends AutoCloseable {

    /**
     * Fills a row with the next bytes.
     *
     * @throws DataFormatException or any {@link RuntimeException} if the data ends too early or is damaged
     */
    void next(byte[] row) throws DataFormatException;

    @Override
    default void close() {}
}
