package org.sparkxception.source.container;

import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.io.BytesWritable;
import org.apache.hadoop.io.SequenceFile;
import org.apache.hadoop.io.Text;

/** Hadoop SequenceFiles with Text keys (the name) and BytesWritable values (the image), split at sync markers. */
public final class SequenceFileFormat implements ContainerFormat {
    private static final long serialVersionUID = 1;

    private static final long PART_BYTES = 32 << 20;

    private final long partBytes;

    public SequenceFileFormat() {
        this(PART_BYTES);
    }

    SequenceFileFormat(long partBytes) {
        this.partBytes = partBytes;
    }

    @Override
    public String label() {
        return "SequenceFile";
    }

    @Override
    public List<String> endings() {
        return List.of();
    }

    @Override
    public List<String> recordGlobs(List<String> include) {
        return include.isEmpty() ? List.of("*") : include;
    }

    @Override
    public boolean hidesNames() {
        return false;
    }

    @Override
    public long partBytes(String file) {
        return partBytes;
    }

    @Override
    public RecordReader open(StorageStream stream, String file, Configuration configuration, long start, long end)
            throws IOException {
        SequenceFile.Reader reader = reader(stream, file, configuration);
        if (!reader.getKeyClassName().equals(Text.class.getName())
                || !reader.getValueClassName().equals(BytesWritable.class.getName())) {
            throw new UnsupportedContainerException("%s has %s keys and %s values: only %s and %s are supported"
                    .formatted(
                            file,
                            reader.getKeyClassName(),
                            reader.getValueClassName(),
                            Text.class.getName(),
                            BytesWritable.class.getName()));
        }
        if (start > reader.getPosition()) {
            reader.sync(start);
        }
        return new SequenceFileRecordReader(reader, file, stream.length(), start, end);
    }

    private static SequenceFile.Reader reader(StorageStream stream, String file, Configuration configuration)
            throws IOException {
        try {
            return new SequenceFile.Reader(
                    configuration,
                    SequenceFile.Reader.stream(new FSDataInputStream(stream)),
                    SequenceFile.Reader.length(stream.length()));
        } catch (StorageException e) {
            throw e;
        } catch (RuntimeException e) {
            // A class or codec is missing.
            throw new UnsupportedContainerException(file + " cannot be read: " + e.getMessage());
        }
    }
}
