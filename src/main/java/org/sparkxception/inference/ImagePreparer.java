package org.sparkxception.inference;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.sparkxception.image.DecodedImage;
import org.sparkxception.image.Decoder;
import org.sparkxception.image.ImageDecoder;
import org.sparkxception.image.ImageFault;
import org.sparkxception.image.ImageSize;
import org.sparkxception.image.IsolatedDecoder;
import org.sparkxception.inference.PipelineStatistics.Counter;

/**
 * Fetches, decodes and resizes the images of a partition ahead of the network, on threads of its own. Whatever happens to an
 * image, {@link #take} gives it back once.
 *
 * <p>The bytes of files that are fetched and not yet decoded are bounded; so are the images in all, by the caller.
 */
final class ImagePreparer implements AutoCloseable {
    private static final int MAX_KIB_IN_FLIGHT = 256 << 10;
    private static final Duration MAX_DECODING = Duration.ofSeconds(60);
    private static final int CHECK_SECONDS = 5;

    /** An image whose share of the bytes in flight is taken. */
    private record Asked(PipelineInput image, int permits) {}

    /** What a decode thread is at. */
    private record Decoding(PipelineInput image, long startNanos) {}

    /** An image on its way: its file's bytes. */
    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    private record Fetched(PipelineInput image, byte[] bytes, int permits) {}

    /** An image ready for the network, or the reason why it never will be. */
    sealed interface Prepared {}

    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    record Ready(PipelineInput image, ImageSize size, byte[] pixels) implements Prepared {}

    record Failed(PipelineInput image, ImageFault fault) implements Prepared {}

    /** A thread that ended by a bug, or by an exhausted machine: the task must fail. */
    private record Broken(Throwable cause) implements Prepared {}

    private final Supplier<Decoder> decoders;
    private final Map<Thread, Decoding> decoding = new ConcurrentHashMap<>();
    private final ScoringModel model;
    private final StatisticsAccumulator statistics;
    private final BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();
    private final BlockingQueue<Fetched> fetched = new LinkedBlockingQueue<>();
    private final BlockingQueue<Prepared> prepared = new LinkedBlockingQueue<>();
    private final Semaphore kibInFlight = new Semaphore(MAX_KIB_IN_FLIGHT);
    private final List<Thread> threads = new ArrayList<>();

    /** @param isolated whether each decode thread decodes in a process of its own, which a broken file may crash */
    ImagePreparer(ScoringSettings settings, ScoringModel model, boolean isolated, StatisticsAccumulator statistics) {
        ImageDecoder shared = new ImageDecoder(settings.maxPixels());
        this.decoders = isolated ? () -> new IsolatedDecoder(settings.maxPixels(), MAX_DECODING) : () -> shared;
        this.model = model;
        this.statistics = statistics;
        start("fetch", settings.fetchThreads(), this::fetchAll);
        start("decode", settings.decodeThreads(), this::decodeAll);
    }

    /** Asks for an image; waits while more bytes are in flight than may be, if the image brings its bytes along. */
    void submit(PipelineInput image) throws InterruptedException {
        asked.add(new Asked(image, image.isHeld() ? acquire(image) : 0));
    }

    private int acquire(PipelineInput image) throws InterruptedException {
        int permits = (int) Math.min(MAX_KIB_IN_FLIGHT, 1 + image.size() / 1024);
        kibInFlight.acquire(permits);
        return permits;
    }

    /** Waits for the next image that is done, in any order. */
    Prepared take() throws InterruptedException {
        Prepared next = prepared.poll(CHECK_SECONDS, TimeUnit.SECONDS);
        while (next == null) {
            requireProgress();
            next = prepared.poll(CHECK_SECONDS, TimeUnit.SECONDS);
        }
        if (next instanceof Broken broken) {
            throw new IllegalStateException("an image could not be prepared: " + broken.cause, broken.cause);
        }
        return next;
    }

    /** A decoder that stalls cannot be stopped; the task fails, and its images are decoded in a process of their own next time. */
    private void requireProgress() {
        for (Decoding running : decoding.values()) {
            long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - running.startNanos);
            if (seconds > 2 * MAX_DECODING.toSeconds()) {
                throw new IllegalStateException("decoding has taken " + seconds + " s: " + running.image);
            }
        }
    }

    private void fetchAll() throws InterruptedException {
        while (true) {
            Asked next = asked.take();
            PipelineInput image = next.image;
            int permits = image.isHeld() ? next.permits : acquire(image);
            try {
                long start = System.nanoTime();
                byte[] bytes = image.read();
                add(Counter.FETCH_NANOS, System.nanoTime() - start);
                add(Counter.BYTES, bytes.length);
                fetched.add(new Fetched(image, bytes, permits));
            } catch (ImageFault fault) {
                kibInFlight.release(permits);
                prepared.add(new Failed(image, fault));
            }
        }
    }

    private void decodeAll() throws InterruptedException {
        TorchEngine.prepareThread(1);
        try (ImageResizer resizer = model.newResizer();
                Decoder decoder = decoders.get()) {
            while (true) {
                Fetched next = fetched.take();
                decoding.put(Thread.currentThread(), new Decoding(next.image, System.nanoTime()));
                try {
                    prepared.add(decode(next, decoder, resizer));
                } catch (ImageFault fault) {
                    prepared.add(new Failed(next.image, fault));
                } finally {
                    decoding.remove(Thread.currentThread());
                }
                kibInFlight.release(next.permits);
            }
        }
    }

    private Ready decode(Fetched next, Decoder decoder, ImageResizer resizer) throws ImageFault {
        long start = System.nanoTime();
        try (DecodedImage image = decoder.decode(next.bytes)) {
            long decoded = System.nanoTime();
            byte[] pixels = resizer.resize(image);
            add(Counter.DECODE_NANOS, decoded - start);
            add(Counter.RESIZE_NANOS, System.nanoTime() - decoded);
            return new Ready(next.image, image.size(), pixels);
        }
    }

    private void add(Counter counter, long value) {
        statistics.add(PipelineStatistics.of(counter, value));
    }

    private interface Work {
        void run() throws InterruptedException;
    }

    private void start(String name, int count, Work work) {
        for (int i = 0; i < count; i++) {
            Thread thread = new Thread(
                    () -> {
                        try {
                            work.run();
                        } catch (InterruptedException e) {
                            // The partition is at its end.
                            Thread.currentThread().interrupt();
                        } catch (RuntimeException | Error e) {
                            prepared.add(new Broken(e));
                        }
                    },
                    "spark-xception-" + name + "-" + i);
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
    }

    /** Ends the threads, and waits until none uses the model any more; one that stalls in the decoder is left alone. */
    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive() && !stalls(thread)) {
                try {
                    thread.join(TimeUnit.SECONDS.toMillis(CHECK_SECONDS));
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean stalls(Thread thread) {
        Decoding running = decoding.get(thread);
        return running != null && System.nanoTime() - running.startNanos > MAX_DECODING.toNanos();
    }
}
