package org.sparkxception.source.container;

import java.io.Closeable;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.IOUtils;
import org.sparkxception.source.dataset.Place;
import org.sparkxception.source.dataset.Split;
import org.sparkxception.source.fetch.ChangedFileException;
import org.sparkxception.source.fetch.FileFetcher;
import org.sparkxception.source.fetch.StorageOutageException;
import org.sparkxception.storage.FileSystems;
import org.sparkxception.storage.StorageFaults;

/** A split of a container that is being read. The records are opened on first use. */
final class SplitReader implements Closeable {
    private final ContainerFormat format;
    private final Configuration configuration;
    private final Split part;
    private StorageStream stream;
    private RecordReader records;

    SplitReader(ContainerFormat format, Configuration configuration, Split part) {
        this.format = format;
        this.configuration = configuration;
        this.part = part;
    }

    /**
     * Opens the file.
     *
     * @throws StorageException if it cannot be read from storage
     * @throws ChangedFileException if it has changed since it was planned
     */
    void open() throws ChangedFileException {
        String file = part.container().path();
        try {
            stream = StorageStream.open(file, configuration);
        } catch (IOException e) {
            throw new StorageException(e);
        }
        if (stream.modifiedMillis() != part.container().modified().toEpochMilli()) {
            throw new ChangedFileException();
        }
    }

    /** The records of the opened split. Throws the same exceptions as {@link RecordReader}. */
    RecordReader records() throws IOException {
        if (records == null) {
            records = format.open(stream, part.container().path(), configuration, part.start(), part.end());
        }
        return records;
    }

    /** The place of the current record, or where the reader failed. */
    Place.InContainer locate() {
        return records == null ? new Place.SplitRecord(part.container().path(), part.start(), 0) : records.locate();
    }

    /** @throws StorageOutageException if not even the status of the container can be read from storage */
    void requireStorage(Exception failure) {
        Path path = new Path(part.container().path());
        try {
            FileSystems.of(path, configuration).getFileStatus(path);
        } catch (IOException e) {
            if (FileFetcher.isTransient(e)) {
                throw new StorageOutageException(
                        "the storage seems to be unavailable: " + StorageFaults.explain(path.toString(), failure), e);
            }
        }
    }

    /** The current position of the reader, for messages. */
    String position() {
        return records == null ? "its start" : records.position();
    }

    @Override
    public void close() {
        IOUtils.cleanupWithLogger(null, records, stream);
        records = null;
        stream = null;
    }
}
