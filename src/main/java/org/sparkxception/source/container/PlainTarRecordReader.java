package org.sparkxception.source.container;

import java.io.IOException;
import org.sparkxception.source.dataset.Place;

/** The members of an uncompressed tar archive. A complete member can be fetched by its offset. */
final class PlainTarRecordReader extends TarRecordReader {
    private static final long BLOCK = 512;

    private final StorageStream stream;
    private final String file;
    private long start;
    private long data;
    private boolean hasMember;

    PlainTarRecordReader(StorageStream stream, String file) {
        super(stream);
        this.stream = stream;
        this.file = file;
        this.start = stream.getPos();
    }

    @Override
    public boolean next() throws IOException {
        hasMember = false;
        start = (stream.getPos() + BLOCK - 1) / BLOCK * BLOCK;
        hasMember = super.next();
        data = stream.getPos();
        return hasMember;
    }

    /** A truncated member is located by its header. */
    @Override
    public Place.InContainer locate() {
        return hasMember && data + size() <= stream.length()
                ? new Place.FileRange(file, data)
                : new Place.SplitRecord(file, start, 0);
    }

    @Override
    public String position() {
        return "byte %,d of %,d".formatted(stream.getPos(), stream.length());
    }
}
