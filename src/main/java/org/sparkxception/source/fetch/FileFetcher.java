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
 * Fetches the bytes of a task's images, and decides which faults are worth another try. It may be used by many threads at once.
 *
 * <p>Faults that may pass are tried again with growing, random pauses. Where many images in a row cannot be had, and one that
 * could be had before cannot either, the storage is out: the task fails.
 */
public final class FileFetcher {
    /** The default of {@code --max-bytes}: 256 MiB. */
    public static final long DEFAULT_MAX_BYTES = 256L << 20;

    /** The longest file that one array can hold. */
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
     * @throws ImageFault {@code TOO_LARGE}, {@code MISSING}, or {@code UNREADABLE}: at once where another try cannot help, else
     *     after {@value #ATTEMPTS}
     */
    public byte[] fetch(ImageRef image) throws ImageFault, InterruptedException {
        requireSize(image, maxBytes);
        for (int attempt = 1; ; attempt++) {
            try {
                byte[] bytes = reader.read(image);
                succeeded(image);
                return bytes;
            } catch (IOException | RuntimeException e) { // filesystems of others throw what they like
                if (attempt == ATTEMPTS || !isTransient(e)) {
                    requireStorage(image, e);
                    throw fault(image, e);
                }
                long pause = FIRST_PAUSE_MILLIS << (attempt - 1);
                Thread.sleep(ThreadLocalRandom.current().nextLong(pause / 2, pause + 1));
            }
        }
    }

    /** @throws ImageFault if the image has more bytes than are allowed */
    public static void requireSize(ImageRef image, long maxBytes) throws ImageFault {
        if (image.size() > maxBytes) {
            throw new ImageFault(
                    ImageStatus.TOO_LARGE,
                    "the file has %,d bytes: more than the %,d allowed (--max-bytes)"
                            .formatted(image.size(), maxBytes));
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
            case MISSING -> image.wasMissing() ? new ImageFault(ImageStatus.MISSING, "there is no such file") : gone();
            case PERMANENT, FULL, TRANSIENT -> unreadable(image.container(), e);
        };
    }

    public static ImageFault changed() {
        return new ChangedFileException().fault();
    }

    public static ImageFault gone() {
        return new ImageFault(ImageStatus.MISSING, "the file was there when the run was planned, and is gone");
    }

    public static ImageFault unreadable(String file, Exception e) {
        return new ImageFault(ImageStatus.UNREADABLE, "storage did not give " + StorageFaults.explain(file, e));
    }

    private synchronized void succeeded(ImageRef image) {
        good = Optional.of(image);
        failuresInARow = 0;
    }

    /**
     * Tells a failure of the image from one of the storage.
     *
     * @throws StorageOutageException if many images in a row could not be had, and one that could before cannot either
     * @throws UserException (exit code 3) if none could be had yet, since none may be read
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
                        "the input can be listed, but %d files in a row cannot be read, the last "
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
                "%d files in a row could not be read: the storage seems to be out. The last was %s"
                        .formatted(failuresInARow, last),
                failure);
    }
}
