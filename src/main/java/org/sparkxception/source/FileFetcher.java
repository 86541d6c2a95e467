package org.sparkxception.source;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.security.AccessControlException;
import org.apache.hadoop.util.functional.FutureIO;
import org.sparkxception.image.ImageFault;
import org.sparkxception.image.ImageStatus;

/** Reads whole image files from any Hadoop filesystem. It may be used by many threads at once. */
public final class FileFetcher {
    /** The default of {@code --max-bytes}: 256 MiB. */
    public static final long DEFAULT_MAX_BYTES = 256L << 20;

    /** The longest file that one array can hold. */
    public static final long MAX_MAX_BYTES = Integer.MAX_VALUE - 8L;

    private static final int ATTEMPTS = 3;
    private static final long FIRST_PAUSE_MILLIS = 200;

    private final Configuration configuration;
    private final long maxBytes;

    public FileFetcher(Configuration configuration, long maxBytes) {
        this.configuration = configuration;
        this.maxBytes = maxBytes;
    }

    /**
     * Reads a file; what may pass is tried {@value #ATTEMPTS} times, with a pause between.
     *
     * @throws ImageFault {@code TOO_LARGE}, {@code MISSING}, or {@code UNREADABLE} after the last attempt
     */
    public byte[] fetch(ImageRef image) throws ImageFault, InterruptedException {
        if (image.size() > maxBytes) {
            throw new ImageFault(
                    ImageStatus.TOO_LARGE,
                    "the file has %,d bytes: more than the %,d allowed (--max-bytes)"
                            .formatted(image.size(), maxBytes));
        }
        for (int attempt = 1; ; attempt++) {
            try {
                return read(image);
            } catch (FileNotFoundException | NoSuchFileException e) {
                throw new ImageFault(ImageStatus.MISSING, "the file was there when the run was planned, and is gone");
            } catch (IOException | IllegalArgumentException e) {
                if (attempt == ATTEMPTS || e instanceof AccessControlException) {
                    throw new ImageFault(
                            ImageStatus.UNREADABLE, "storage did not give the file: " + oneLine(e.getMessage()));
                }
                Thread.sleep(FIRST_PAUSE_MILLIS << (attempt - 1));
            }
        }
    }

    private byte[] read(ImageRef image) throws IOException {
        Path path = new Path(image.path());
        FileSystem storage = storage(path);
        try (FSDataInputStream stream = FutureIO.awaitFuture(storage.openFile(path)
                .opt("fs.option.openfile.read.policy", "whole-file")
                .optLong("fs.option.openfile.length", image.size())
                .build())) {
            byte[] bytes = new byte[(int) image.size()];
            try {
                stream.readFully(0, bytes);
            } catch (EOFException e) {
                throw new IOException("it has fewer than the " + image.size() + " bytes it had when planned", e);
            }
            return bytes;
        }
    }

    /** Local files are read without looking for Hadoop's checksum files beside them, whose names a colon makes invalid. */
    private FileSystem storage(Path path) throws IOException {
        FileSystem storage = path.getFileSystem(configuration);
        return storage instanceof LocalFileSystem local ? local.getRawFileSystem() : storage;
    }

    private static String oneLine(String message) {
        return String.valueOf(message).lines().findFirst().orElse("no reason given");
    }
}
