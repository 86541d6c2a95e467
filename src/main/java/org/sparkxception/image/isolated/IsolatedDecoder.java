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
 * Decodes in a process of its own, as {@link ImageDecoder} does: a file that crashes or stalls the decoder ends that process
 * only, and the next file gets a new one. For one thread; another may close it, which ends the process.
 */
public final class IsolatedDecoder implements Decoder {
    /** How often a process may end: the second time it is no accident. */
    private static final int ATTEMPTS = 2;

    /** Others on the machine may unpack libraries meanwhile, or use up its processors. */
    private static final Duration START_LIMIT = Duration.ofMinutes(5);

    private final long maxPixels;
    private final Duration limit;
    private final Duration startLimit;
    private Optional<DecoderChild> child = Optional.empty();
    private boolean closed;

    /**
     * A decoder that refuses images of more pixels than this.
     *
     * @param limit how long one file may take
     */
    public IsolatedDecoder(long maxPixels, Duration limit) {
        this(maxPixels, limit, START_LIMIT);
    }

    /** @param startLimit how long a process may take until it can decode */
    IsolatedDecoder(long maxPixels, Duration limit, Duration startLimit) {
        this.maxPixels = maxPixels;
        this.limit = limit;
        this.startLimit = startLimit;
    }

    /**
     * Decodes a whole file.
     *
     * @throws UserException if the process cannot do so for a reason that is not the file
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

    /** Returns if another try is worth it. */
    private void judge(DecoderChild ended, boolean again) throws ImageFault {
        DecoderEnd end = ended.end();
        if (end.stopped()) {
            throw new ImageFault(
                    ImageStatus.CORRUPT, "its data keeps the decoder busy for more than " + limit.toSeconds() + " s");
        } else if (again && end.isByFile()) {
            throw new ImageFault(ImageStatus.CORRUPT, "its data crashes the decoder, also in a process of its own");
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
