package org.sparkxception.source.fetch;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.hadoop.conf.Configuration;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.image.ImageFault;
import org.sparkxception.image.ImageStatus;
import org.sparkxception.source.dataset.ImageRef;
import org.sparkxception.storage.StorageFaults;
import org.sparkxception.storage.StorageFaults.Kind;

/**
 * Fetches the bytes of a task's images, and decides which faults to retry. Thread-safe.
 *
 * <p>Transient faults are retried with exponential, randomized backoff. If many images in a row cannot be read, and an image that
 * was read before cannot be read either, the storage is unavailable and the task fails.
 */
public final class FileFetcher {
    /** The default limit of a file, in bytes: 256 MiB. */
    public static final long DEFAULT_MAX_BYTES = 256L << 20;

    /** The maximum size of a Java array, in bytes. */
    public static final long MAX_MAX_BYTES = Integer.MAX_VALUE - 8L;

    private static final int ATTEMPTS = 5;
    private static final long FIRST_PAUSE_MILLIS = 250;
    private static final int FAILURES_IN_A_ROW = 8;

    private final FileReader reader;
    private final long maxBytes;
    private Optional<ImageRef> good = Optional.empty();
    private int failuresInARow;

    public FileFetcher(Configuration configuration, long maxBytes) {
        this.reader = new FileReader(configuration);
        this.maxBytes = maxBytes;
    }

    /**
     * Reads an image's bytes.
     *
     * @throws ImageFault {@code TOO_LARGE}, {@code MISSING}, or {@code UNREADABLE}: immediately if a retry cannot help, otherwise
     *     after {@value #ATTEMPTS} attempts
     * @throws StorageOutageException if the storage is unavailable
     */
    public byte[] fetch(ImageRef image) throws ImageFault, InterruptedException {
        requireSize(image, maxBytes);
        for (int attempt = 1; ; attempt++) {
            try {
                byte[] bytes = reader.read(image);
                succeeded(image);
                return bytes;
            } catch (IOException | RuntimeException e) { // third-party filesystems can throw anything
                if (attempt == ATTEMPTS || !isTransient(e)) {
                    requireStorage(image, e);
                    throw fault(image, e);
                }
                long pause = FIRST_PAUSE_MILLIS << (attempt - 1);
                Thread.sleep(ThreadLocalRandom.current().nextLong(pause / 2, pause + 1));
            }
        }
    }

    /**
     * Requires that an image is not larger than the limit.
     *
     * @throws ImageFault if the image has more than {@code maxBytes} bytes
     */
    public static void requireSize(ImageRef image, long maxBytes) throws ImageFault {
        if (image.size() > maxBytes) {
            throw new ImageFault(
                    ImageStatus.TOO_LARGE,
                    "the file has %,d bytes: more than the %,d allowed (max-bytes)".formatted(image.size(), maxBytes));
        }
    }

    public static boolean isTransient(Exception e) {
        return !(e instanceof FileFaultException) && StorageFaults.kind(e) == Kind.TRANSIENT;
    }

    private static ImageFault fault(ImageRef image, Exception e) {
        if (e instanceof FileFaultException file) {
            return file.fault();
        }
        return switch (StorageFaults.kind(e)) {
            case CHANGED -> changed();
            case MISSING -> image.wasMissing() ? new ImageFault(ImageStatus.MISSING, "the file was not found") : gone();
            case PERMANENT, FULL, TRANSIENT -> unreadable(image.container(), e);
        };
    }

    public static ImageFault changed() {
        return new ChangedFileException().fault();
    }

    public static ImageFault gone() {
        return new ImageFault(ImageStatus.MISSING, "the file existed when the run was planned but no longer exists");
    }

    public static ImageFault unreadable(String file, Exception e) {
        return new ImageFault(ImageStatus.UNREADABLE, "could not read " + StorageFaults.explain(file, e));
    }

    private synchronized void succeeded(ImageRef image) {
        good = Optional.of(image);
        failuresInARow = 0;
    }

    /**
     * Distinguishes a failure of an image from a failure of the storage.
     *
     * @throws StorageOutageException if many images in a row could not be read, and one that was read before cannot be read either
     * @throws UserException (exit code 3) if many images in a row failed permanently, such as by missing permissions, and none was
     *     read before
     */
    private synchronized void requireStorage(ImageRef image, Exception failure) {
        Kind kind = StorageFaults.kind(failure);
        if (failure instanceof FileFaultException || kind == Kind.MISSING || kind == Kind.CHANGED) {
            return;
        }
        failuresInARow++;
        if (failuresInARow < FAILURES_IN_A_ROW) {
            return;
        }
        String last = StorageFaults.explain(image.container(), failure);
        if (kind == Kind.PERMANENT) {
            if (good.isEmpty()) {
                throw new UserException(
                        ExitCode.INPUT,
                        "the input can be listed, but %d files in a row cannot be read. Last failure: "
                                        .formatted(failuresInARow)
                                + last);
            }
            return;
        }
        try {
            if (good.isPresent()) {
                reader.read(good.get());
                failuresInARow = 0;
                return;
            }
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
        throw new StorageOutageException(
                "%d files in a row could not be read: the storage seems to be unavailable. Last failure: %s"
                        .formatted(failuresInARow, last),
                failure);
    }
}
