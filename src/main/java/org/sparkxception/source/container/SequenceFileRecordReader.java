package org.sparkxception.source.container;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.EOFException;
import java.io.IOException;
import org.apache.hadoop.io.BytesWritable;
import org.apache.hadoop.io.SequenceFile;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.io.Writable;
import org.sparkxception.source.dataset.Place;
import org.sparkxception.source.files.ListingEntry.Kind;

/** The records of a split of a SequenceFile. */
final class SequenceFileRecordReader implements RecordReader {
    private final SequenceFile.Reader reader;
    private final String file;
    private final long length;
    private final long start;
    private final long end;
    private final Text key = new Text();
    private long number = -1;
    private long before;

    SequenceFileRecordReader(SequenceFile.Reader reader, String file, long length, long start, long end) {
        this.reader = reader;
        this.file = file;
        this.length = length;
        this.start = start;
        this.end = end;
    }

    /** Does nothing: the reader reads the complete record to find its key. */
    @Override
    public void finishRecord() {}

    @Override
    public boolean next() throws IOException {
        number++;
        before = reader.getPosition();
        boolean more = nextKey();
        if (!more && reader.isBlockCompressed() && before < length) {
            // The reader treats a truncated block as the end of the file.
            throw new EOFException("it ends in the middle of a block");
        }
        // A record belongs to the split that contains the start of the sync marker before it.
        return more && !(before >= end && reader.syncSeen());
    }

    private boolean nextKey() throws IOException {
        try {
            return reader.next(key);
        } catch (OutOfMemoryError e) {
            throw new IOException("a record declares a size larger than the available memory", e);
        }
    }

    @Override
    public Kind kind() {
        return Kind.IMAGE;
    }

    @Override
    public String name() {
        return key.toString();
    }

    @Override
    public long size() throws IOException {
        SkippedBytes value = new SkippedBytes();
        reader.getCurrentValue(value);
        return value.length;
    }

    @Override
    public byte[] read() throws IOException {
        BytesWritable value = new BytesWritable();
        reader.getCurrentValue(value);
        return value.copyBytes();
    }

    @Override
    public Place.InContainer locate() {
        return new Place.SplitRecord(file, start, number);
    }

    @Override
    public String position() {
        return "byte %,d".formatted(before);
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }

    /** Reads a BytesWritable, but keeps only its length. */
    private static final class SkippedBytes implements Writable {
        private int length;

        @Override
        public void readFields(DataInput in) throws IOException {
            length = in.readInt();
            if (length < 0) {
                throw new IOException("a record declares a size of " + length + " bytes");
            }
            int left = length;
            while (left > 0) {
                int skipped = in.skipBytes(left);
                if (skipped == 0) {
                    in.readByte();
                    skipped = 1;
                }
                left -= skipped;
            }
        }

        @Override
        public void write(DataOutput out) {
            throw new UnsupportedOperationException();
        }
    }
}
