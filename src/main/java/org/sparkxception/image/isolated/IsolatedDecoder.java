package org.sparkxception.image.isolated;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.image.DecodedImage;
import org.sparkxception.image.Decoder;
import org.sparkxception.image.ImageFault;
import org.sparkxception.image.ImageStatus;
import org.sparkxception.image.decode.ImageDecoder;

/**
 * Decodes with {@link ImageDecoder} in a separate process: a file that crashes or stalls the decoder ends only that process, and the
 * next file gets a new one. Not thread-safe, except that another thread can close it, which ends the process.
 */
public final class IsolatedDecoder implements Decoder {
    /** Number of attempts to decode a file: the file is the cause if the process ends twice. */
    private static final int ATTEMPTS = 2;

    /** Long, because other processes on the machine can unpack libraries or use all processors at the same time. */
    private static final Duration START_LIMIT = Duration.ofMinutes(5);

    private final long maxPixels;
    private final Duration limit;
    private final Duration startLimit;
    private Optional<DecoderChild> child = Optional.empty();
    private boolean closed;

    /**
     * Creates a decoder; its process starts with the first file.
     *
     * @param maxPixels the maximum number of pixels of an image
     * @param limit the maximum time for decoding a file
     */
    public IsolatedDecoder(long maxPixels, Duration limit) {
        this(maxPixels, limit, START_LIMIT);
    }

    /** @param startLimit the maximum time for starting a process */
    IsolatedDecoder(long maxPixels, Duration limit, Duration startLimit) {
        this.maxPixels = maxPixels;
        this.limit = limit;
        this.startLimit = startLimit;
    }

    /**
     * Decodes a file to upright RGB pixels.
     *
     * @throws UserException if the process fails for a reason other than the file
     */
    @Override
    public DecodedImage decode(byte[] file) throws ImageFault {
        for (int attempt = 1; ; attempt++) {
            DecoderChild current = usable();
            try {
                return current.decode(file, limit);
            } catch (IOException e) {
                judge(current, attempt == ATTEMPTS);
            }
        }
    }

    /** Throws the error of a process that ended; returns if the file is to be tried again. */
    private void judge(DecoderChild ended, boolean again) throws ImageFault {
        DecoderEnd end = ended.end();
        if (end.stopped()) {
            throw new ImageFault(ImageStatus.CORRUPT, "decoding did not finish within " + limit.toSeconds() + " s");
        } else if (again && end.isByFile()) {
            throw new ImageFault(ImageStatus.CORRUPT, "the data crashes the decoder, even in a separate process");
        } else if (again) {
            throw new UserException(ExitCode.UNEXPECTED, end.explanation());
        }
    }

    private DecoderChild usable() {
        DecoderChild usable;
        synchronized (this) {
            if (closed) {
                throw new IllegalStateException("the decoder was closed");
            } else if (child.isPresent() && child.get().isUsable()) {
                return child.get();
            }
            child.ifPresent(DecoderChild::close);
            usable = DecoderChild.begin(maxPixels);
            child = Optional.of(usable);
        }
        usable.awaitReady(startLimit);
        return usable;
    }

    @Override
    public synchronized void close() {
        closed = true;
        child.ifPresent(DecoderChild::close);
        child = Optional.empty();
    }
}
