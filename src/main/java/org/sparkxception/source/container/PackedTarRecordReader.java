package org.sparkxception.source.container;

import java.io.IOException;
import java.io.InputStream;
import org.sparkxception.source.dataset.Place;

/** The members of a compressed tar archive, which can only be located by decompressing everything before them. */
final class PackedTarRecordReader extends TarRecordReader {
    private final String file;
    private long number = -1;

    PackedTarRecordReader(InputStream unpacked, String file) {
        super(unpacked);
        this.file = file;
    }

    @Override
    public boolean next() throws IOException {
        number++;
        return super.next();
    }

    @Override
    public Place.InContainer locate() {
        return new Place.SplitRecord(file, 0, number);
    }

    @Override
    public String position() {
        return "byte %,d of its uncompressed content".formatted(bytesRead());
    }
}
