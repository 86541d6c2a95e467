package org.sparkxception.image.tiff;

import java.util.zip.DataFormatException;

/** The rows of a block, unpacked one by one: nobody has to hold the block. */
interface TiffRows extends AutoCloseable {

    /**
     * Fills a row with the bytes that come next.
     *
     * @throws DataFormatException or any {@link RuntimeException} if there are fewer, or they are damaged
     */
    void next(byte[] row) throws DataFormatException;

    @Override
    default void close() {}
}
