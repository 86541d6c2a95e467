package org.sparkxception.inference;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.sparkxception.UserException;
import org.sparkxception.engine.ImageResizer;
import org.sparkxception.engine.ScoringModel;
import org.sparkxception.engine.TorchEngine;
import org.sparkxception.image.DecodedImage;
import org.sparkxception.image.Decoder;
import org.sparkxception.image.ImageFault;
import org.sparkxception.image.ImageSize;
import org.sparkxception.image.ImageStatus;
import org.sparkxception.image.decode.ImageDecoder;
import org.sparkxception.image.isolated.IsolatedDecoder;
import org.sparkxception.metrics.PipelineStatistics;
import org.sparkxception.metrics.PipelineStatistics.Counter;
import org.sparkxception.metrics.StatisticsAccumulator;

/**
 * Fetches, decodes and resizes the images of a partition ahead of the network, on its own threads. {@link #take} returns every
 * submitted image exactly once, also if it fails.
 *
 * <p>{@link HeapBudget} limits the heap that files use; the caller limits the number of images in flight.
 */
public final class ImagePreparer implements AutoCloseable {
    private static final Duration MAX_DECODING = Duration.ofSeconds(60);
    private static final int CHECK_SECONDS = 1;

    /** A submitted image; its share of the heap budget is taken if its bytes are already in memory. */
    private record Asked(PipelineInput image, int share) {}

    /** The image that a decode thread is decoding. */
    private record Decoding(PipelineInput image, long startNanos) {}

    /** An image with the bytes of its file. */
    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    private record Fetched(PipelineInput image, byte[] bytes, int share) {}

    /** An image that is ready for the network, or the reason why it cannot be scored. */
    sealed interface Prepared {
        PipelineInput image();
    }

    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    public record Ready(PipelineInput image, ImageSize size, byte[] pixels) implements Prepared {}

    record Failed(PipelineInput image, ImageFault fault) implements Prepared {}

    private final NotedImages images;
    private final ImageDecoder decoder;
    private final List<IsolatedDecoder> isolated = new ArrayList<>();
    private final Map<Thread, Decoding> decoding = new ConcurrentHashMap<>();
    private final ScoringModel model;
    private final StatisticsAccumulator statistics;
    private final BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();
    private final BlockingQueue<Fetched> fetched = new LinkedBlockingQueue<>();
    private final BlockingQueue<Prepared> prepared = new LinkedBlockingQueue<>();
    private final HeapBudget.Account files = HeapBudget.ofFiles().account();
    /** The error that ended a thread, a bug or exhausted resources: the task must fail. */
    private final AtomicReference<Throwable> broken = new AtomicReference<>();

    private final List<Thread> threads = new ArrayList<>();

    /**
     * Starts to fetch and to prepare images.
     *
     * @param images the images; suspects among them are decoded in separate processes, which a damaged file can crash
     */
    public ImagePreparer(
            ScoringSettings settings, ScoringModel model, NotedImages images, StatisticsAccumulator statistics) {
        this.images = images;
        this.decoder = new ImageDecoder(settings.maxPixels());
        this.model = model;
        this.statistics = statistics;
        start("fetch", settings.fetchThreads(), this::fetchAll);
        for (int i = 0; i < settings.decodeThreads(); i++) {
            IsolatedDecoder own = new IsolatedDecoder(settings.maxPixels(), MAX_DECODING);
            isolated.add(own);
            start("decode-" + i, 1, () -> decodeAll(own));
        }
    }

    /** Whether there is an image that was not submitted. */
    public boolean hasMore() {
        return images.hasNext();
    }

    /** Submits the next image; waits for a share of the heap budget if its bytes are already in memory. */
    public PipelineInput submit() throws InterruptedException {
        PipelineInput image = images.next();
        asked.add(new Asked(image, image.isInMemory() ? share(image) : 0));
        return image;
    }

    private int share(PipelineInput image) throws InterruptedException {
        OptionalInt share = files.take(image.size(), CHECK_SECONDS);
        while (share.isEmpty()) {
            requireProgress();
            share = files.take(image.size(), CHECK_SECONDS);
        }
        return share.getAsInt();
    }

    /**
     * Waits for the next image that is ready or has failed, in any order.
     *
     * @throws UserException if preparation failed because of the machine and not because of an image
     */
    public Prepared take() throws InterruptedException {
        Prepared next = prepared.poll(CHECK_SECONDS, TimeUnit.SECONDS);
        while (next == null) {
            requireProgress();
            next = prepared.poll(CHECK_SECONDS, TimeUnit.SECONDS);
        }
        requireThreads();
        images.done(next.image());
        return next;
    }

    /** A stalled decoder cannot be stopped: the task fails, and the next attempt decodes the image in a separate process. */
    private void requireProgress() {
        requireThreads();
        for (Decoding running : decoding.values()) {
            long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - running.startNanos);
            if (seconds > 2 * MAX_DECODING.toSeconds()) {
                throw new IllegalStateException("decoding has not finished after " + seconds + " s: " + running.image);
            }
        }
    }

    private void requireThreads() {
        Throwable cause = broken.get();
        if (cause != null) {
            throw MachineFaults.ofTask(cause);
        }
    }

    private void fetchAll() throws InterruptedException {
        while (true) {
            Asked next = asked.take();
            PipelineInput image = next.image;
            int share = image.isInMemory() ? next.share : files.take(image.size());
            try {
                requireRoom(image);
                long start = System.nanoTime();
                byte[] bytes = image.read();
                add(Counter.FETCH_NANOS, System.nanoTime() - start);
                add(Counter.BYTES, bytes.length);
                fetched.add(new Fetched(image, bytes, share));
            } catch (ImageFault fault) {
                files.giveBack(share);
                prepared.add(new Failed(image, fault));
            }
        }
    }

    private static void requireRoom(PipelineInput image) throws ImageFault {
        long most = HeapBudget.ofFiles().bytes();
        if (!image.isInMemory() && image.size() > most) {
            throw new ImageFault(
                    ImageStatus.TOO_LARGE,
                    String.format(
                            Locale.ROOT,
                            "the file has %,d bytes, but the limit for files in the Java heap is %,d bytes: raise"
                                    + " spark.executor.memory (-Xmx in local mode)",
                            image.size(),
                            most));
        }
    }

    private void decodeAll(IsolatedDecoder own) throws InterruptedException {
        TorchEngine.prepareThread(1);
        try (ImageResizer resizer = model.newResizer()) {
            while (true) {
                Fetched next = fetched.take();
                try {
                    prepared.add(decode(next, own, resizer));
                } catch (ImageFault fault) {
                    prepared.add(new Failed(next.image, fault));
                }
                files.giveBack(next.share);
            }
        }
    }

    private Ready decode(Fetched next, IsolatedDecoder own, ImageResizer resizer) throws ImageFault {
        if (images.isSuspect(next.image)) {
            return decode(next, (Decoder) own, resizer);
        }
        decoding.put(Thread.currentThread(), new Decoding(next.image, System.nanoTime()));
        try {
            return decode(next, decoder, resizer);
        } finally {
            decoding.remove(Thread.currentThread());
        }
    }

    private Ready decode(Fetched next, Decoder by, ImageResizer resizer) throws ImageFault {
        long start = System.nanoTime();
        try (DecodedImage image = by.decode(next.bytes)) {
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
                            // The partition is done.
                            Thread.currentThread().interrupt();
                        } catch (RuntimeException | Error e) {
                            broken.compareAndSet(null, e);
                        }
                    },
                    "spark-xception-" + name + "-" + i);
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
    }

    /** Stops the threads and waits until none uses the model; does not wait for threads that are stalled in the decoder. */
    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
        isolated.forEach(IsolatedDecoder::close);
        // Set if the task is killed; cleared here because it would interrupt requests to storage.
        boolean interrupted = Thread.interrupted();
        for (Thread thread : threads) {
            while (thread.isAlive() && !stalls(thread)) {
                try {
                    thread.join(TimeUnit.SECONDS.toMillis(CHECK_SECONDS));
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        images.close(threads.stream()
                .filter(this::stalls)
                .map(thread -> decoding.get(thread).image)
                .toList());
        files.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean stalls(Thread thread) {
        Decoding running = decoding.get(thread);
        return running != null && System.nanoTime() - running.startNanos > MAX_DECODING.toNanos();
    }
}
