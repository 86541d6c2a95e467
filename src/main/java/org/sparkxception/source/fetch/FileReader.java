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

/** Reads images that are files, or ranges of files, once, from any Hadoop filesystem. */
public final class FileReader {
    private final Configuration configuration;

    FileReader(Configuration configuration) {
        this.configuration = configuration;
    }

    /**
     * Reads an image's bytes.
     *
     * @throws ChangedFileException if the file is not the one that was planned
     */
    byte[] read(ImageRef image) throws IOException {
        if (image.size() < 0) {
            throw new FileFaultException(ImageStatus.UNREADABLE, "its storage does not say how many bytes it has");
        }
        Path path = new Path(image.container());
        FileSystem storage = storage(path, configuration);
        if (LocalListing.isLocal(storage)) {
            return readLocal(LocalNames.file(path.toUri().getPath()), image);
        }
        if (!FileSystems.isPath(image.container()) && image.version().isPresent()) {
            return S3Keys.read(
                    storage, image.container(), image.size(), image.version().get());
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
        return new IOException("it has fewer bytes than when it was planned");
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

    /** The file as it is; of an object that was listed with its tag, as it was: the storage compares the tags. */
    private static FileStatus status(FileSystem storage, Path path, ImageRef image) throws IOException {
        long modified = image.modified().toEpochMilli();
        if (image.version().isPresent() && FileSystems.isS3(storage)) {
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

    /** @throws FileFaultException if Hadoop makes another path of a URI */
    public static void requirePath(String uri) throws FileFaultException {
        if (!FileSystems.isPath(uri)) {
            throw new FileFaultException(
                    ImageStatus.UNREADABLE,
                    "Hadoop cannot address its key, which has an empty part, . or ..: copy it to another key");
        }
    }

    /** Local files are read without looking for Hadoop's checksum files beside them, whose names a colon makes invalid. */
    public static FileSystem storage(Path path, Configuration configuration) throws IOException {
        FileSystem storage = FileSystems.of(path, configuration);
        return storage instanceof LocalFileSystem local ? local.getRawFileSystem() : storage;
    }
}
