package org.sparkxception.source.fetch;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.attribute.BasicFileAttributes;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FutureDataInputStreamBuilder;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.util.functional.FutureIO;
import org.sparkxception.image.ImageStatus;
import org.sparkxception.source.dataset.ImageRef;
import org.sparkxception.storage.FileSystems;
import org.sparkxception.storage.S3Keys;
import org.sparkxception.storage.S3Objects;

/** Reads images that are files, or ranges of files, from any Hadoop filesystem. It does not retry. */
public final class FileReader {
    private final Configuration configuration;

    FileReader(Configuration configuration) {
        this.configuration = configuration;
    }

    /**
     * Reads an image's bytes.
     *
     * @throws ChangedFileException if the file has changed since it was planned
     */
    byte[] read(ImageRef image) throws IOException {
        if (image.size() < 0) {
            throw new FileFaultException(ImageStatus.UNREADABLE, "the storage does not report the size of the file");
        }
        Path path = new Path(image.file());
        FileSystem storage = storage(path, configuration);
        if (LocalListing.isLocal(storage)) {
            return readLocal(LocalNames.file(path.toUri().getPath()), image);
        }
        if (!FileSystems.isPath(image.file()) && image.version().isPresent()) {
            return S3Keys.read(
                    storage, image.file(), image.size(), image.version().get());
        }
        try (FSDataInputStream stream = open(storage, path, image)) {
            byte[] bytes = new byte[(int) image.size()];
            stream.readFully(image.start(), bytes);
            return bytes;
        } catch (EOFException e) {
            throw shortened();
        }
    }

    private static byte[] readLocal(java.nio.file.Path file, ImageRef image) throws IOException {
        BasicFileAttributes now = LocalListing.requireRegular(file);
        requireUnchanged(now.lastModifiedTime().toMillis(), now.size(), image);
        try (SeekableByteChannel content = Files.newByteChannel(file)) {
            ByteBuffer bytes = ByteBuffer.allocate((int) image.size());
            content.position(image.start());
            while (bytes.hasRemaining()) {
                if (content.read(bytes) < 0) {
                    throw shortened();
                }
            }
            return bytes.array();
        }
    }

    private static IOException shortened() {
        return new IOException("the file is shorter than when the run was planned");
    }

    private static void requireUnchanged(long modified, long size, ImageRef image) throws ChangedFileException {
        if (modified != image.modified().toEpochMilli() || (image.isWholeFile() && size != image.size())) {
            throw new ChangedFileException();
        }
    }

    private static FSDataInputStream open(FileSystem storage, Path path, ImageRef image) throws IOException {
        FutureDataInputStreamBuilder file = storage.openFile(path)
                .opt("fs.option.openfile.read.policy", image.isWholeFile() ? "whole-file" : "random");
        return FutureIO.awaitFuture(
                file.withFileStatus(status(storage, path, image)).build());
    }

    /** The current status of a file; for an S3 object with a known entity tag, the planned one: S3 compares the tags. */
    private static FileStatus status(FileSystem storage, Path path, ImageRef image) throws IOException {
        long modified = image.modified().toEpochMilli();
        if (image.version().isPresent() && FileSystems.isS3A(storage)) {
            return S3Objects.known(
                    path,
                    image.start() + image.size(),
                    modified,
                    image.version().get());
        }
        FileStatus status = storage.getFileStatus(path);
        requireUnchanged(status.getModificationTime(), status.getLen(), image);
        return status;
    }

    /**
     * Requires that Hadoop addresses the file that a URI names.
     *
     * @throws FileFaultException if Hadoop normalizes the URI to another path
     */
    public static void requirePath(String uri) throws FileFaultException {
        if (!FileSystems.isPath(uri)) {
            throw new FileFaultException(
                    ImageStatus.UNREADABLE,
                    "Hadoop cannot address its key, which has an empty part, . or ..: copy the object to another key");
        }
    }

    /** Local files are read without Hadoop's checksum files, whose names are invalid if the file name contains a colon. */
    public static FileSystem storage(Path path, Configuration configuration) throws IOException {
        FileSystem storage = FileSystems.of(path, configuration);
        return storage instanceof LocalFileSystem local ? local.getRawFileSystem() : storage;
    }
}
