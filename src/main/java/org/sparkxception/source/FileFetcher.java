package org.sparkxception.source;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.security.AccessControlException;
import org.sparkxception.image.ImageFault;
import org.sparkxception.image.ImageStatus;

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
            } catch (FileNotFoundException | NoSuchFileException e) {
                throw new ImageFault(
                        ImageStatus.MISSING,
                        image.wasMissing()
                                ? "there is no such file"
                                : "the file was there when the run was planned, and is gone");
            } catch (ChangedFileException e) {
                throw new ImageFault(ImageStatus.UNREADABLE, e.getMessage());
            } catch (IOException | IllegalArgumentException e) {
                if (!mayPass(e)) {
                    throw unreadable(e);
                }
                if (attempt == ATTEMPTS) {
                    requireStorage(image, e);
                    throw unreadable(e);
                }
                long pause = FIRST_PAUSE_MILLIS << (attempt - 1);
                Thread.sleep(ThreadLocalRandom.current().nextLong(pause / 2, pause + 1));
            }
        }
    }

    /** @throws ImageFault if the image has more bytes than are allowed */
    static void requireSize(ImageRef image, long maxBytes) throws ImageFault {
        if (image.size() > maxBytes) {
            throw new ImageFault(
                    ImageStatus.TOO_LARGE,
                    "the file has %,d bytes: more than the %,d allowed (--max-bytes)"
                            .formatted(image.size(), maxBytes));
        }
    }

    static boolean mayPass(Exception e) {
        return e instanceof IOException
                && !(e instanceof AccessControlException)
                && !(e instanceof java.nio.file.AccessDeniedException);
    }

    static ImageFault unreadable(Exception e) {
        String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("no reason given");
        return new ImageFault(ImageStatus.UNREADABLE, "storage did not give the file: " + reason);
    }

    private synchronized void succeeded(ImageRef image) {
        good = Optional.of(image);
        failuresInARow = 0;
    }

    /** @throws StorageOutageException if this failure is not the image's, but the storage's */
    private synchronized void requireStorage(ImageRef image, Exception failure) {
        failuresInARow++;
        if (failuresInARow < FAILURES_IN_A_ROW) {
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
                "%d files in a row could not be read, the last %s: the storage seems to be out (%s)"
                        .formatted(failuresInARow, image, failure.getMessage()),
                failure);
    }
}
