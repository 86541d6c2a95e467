package org.sparkxception.storage;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** TEMPORARY until the storage branch is merged. */
public final class ExclusiveFile {
    private final FileSystem storage;
    private final Path path;

    @SuppressWarnings("ArrayRecordComponent")
    public record Version(byte[] content) {}

    @SuppressWarnings("ArrayRecordComponent")
    public record Content(byte[] bytes, Version version, Instant modified) {}

    public ExclusiveFile(FileSystem storage, Path path) {
        this.storage = storage;
        this.path = path;
    }

    public Optional<Version> tryCreate(byte[] content) throws IOException {
        try (OutputStream stream = storage.create(path, false)) {
            stream.write(content);
            return Optional.of(new Version(content));
        } catch (FileAlreadyExistsException e) {
            return Optional.empty();
        }
    }

    public Optional<Version> replace(Version version, byte[] content) throws IOException {
        Optional<Content> there = read();
        if (there.isEmpty() || !Arrays.equals(there.get().bytes(), version.content())) {
            return Optional.empty();
        }
        try (OutputStream stream = storage.create(path, true)) {
            stream.write(content);
            return Optional.of(new Version(content));
        }
    }

    public Optional<Content> read() throws IOException {
        try (InputStream stream = storage.open(path)) {
            FileStatus status = storage.getFileStatus(path);
            byte[] bytes = stream.readAllBytes();
            return Optional.of(
                    new Content(bytes, new Version(bytes), Instant.ofEpochMilli(status.getModificationTime())));
        } catch (FileNotFoundException e) {
            return Optional.empty();
        }
    }

    public void delete(Version version) throws IOException {
        storage.delete(path, false);
    }

    /** The time by the storage's clock. */
    public Instant now() throws IOException {
        Path probe = path.suffix(".clock-" + UUID.randomUUID());
        storage.create(probe, true).close();
        Instant now = Instant.ofEpochMilli(storage.getFileStatus(probe).getModificationTime());
        storage.delete(probe, false);
        return now;
    }
}
