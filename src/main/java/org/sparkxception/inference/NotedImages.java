package org.sparkxception.inference;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.apache.hadoop.util.ShutdownHookManager;
import org.apache.spark.TaskContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Iterates over the images of a task and records each in a note before returning it, one note per window of images. The notes are
 * deleted at an orderly end of the task or the process.
 */
public final class NotedImages implements Iterator<PipelineInput>, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NotedImages.class);
    private static final int FIRST_WINDOW = 16;
    private static final int LARGEST_WINDOW = 2048;

    /** A window is also closed when its images that are already in memory reach this size, in bytes. */
    private static final long MAX_HELD_BYTES = 16 << 20;

    /** Windows grow until writing notes takes less than one part in this many of the time. */
    private static final int PARTS_OF_TIME = 50;

    /** Shutdown hook priority: before Spark ends its tasks, and well before Hadoop closes its file systems. */
    private static final int BEFORE_SPARK = 100;

    private static final Set<NotedImages> OPEN = ConcurrentHashMap.newKeySet();

    /** Whether the process is shutting down: no more notes are written. */
    private static final AtomicBoolean ENDING = new AtomicBoolean();

    static {
        try {
            ShutdownHookManager.get().addShutdownHook(NotedImages::closeAll, BEFORE_SPARK);
        } catch (IllegalStateException alreadyEnding) {
            ENDING.set(true);
        }
    }

    /** A note, and the number of its images that are not decoded yet. */
    private static final class Window {
        private final String name;
        private int left;

        Window(String name, int left) {
            this.name = name;
            this.left = left;
        }
    }

    private final Iterator<? extends PipelineInput> images;
    private final Optional<DecodingNotes> notes;
    private final Predicate<PipelineInput> suspects;
    private final String prefix;
    private final Queue<PipelineInput> noted = new ArrayDeque<>();
    private final IdentityHashMap<PipelineInput, Window> windows = new IdentityHashMap<>();
    private final List<String> names = new ArrayList<>();
    private final Queue<String> freeNames = new ArrayDeque<>();
    private int size = FIRST_WINDOW;
    private long lastNoted;
    private boolean closed;

    private NotedImages(
            Iterator<? extends PipelineInput> images,
            Optional<DecodingNotes> notes,
            Predicate<PipelineInput> suspects,
            String prefix) {
        this.images = images;
        this.notes = notes;
        this.suspects = suspects;
        this.prefix = prefix;
    }

    /** The images of a task. Without notes, all images of a retried task are suspects. */
    public static NotedImages of(
            Iterator<? extends PipelineInput> images, Optional<DecodingNotes> notes, TaskContext task) {
        boolean again = task.attemptNumber() > 0 || task.stageAttemptNumber() > 0;
        return notes.map(to -> of(images, to, task.partitionId(), again)).orElseGet(() -> unnoted(images, again));
    }

    /** @param suspicious whether to treat all images as suspects */
    static NotedImages unnoted(Iterator<? extends PipelineInput> images, boolean suspicious) {
        return new NotedImages(images, Optional.empty(), image -> suspicious, "");
    }

    /** @param again whether earlier attempts of the task might have left notes */
    static NotedImages of(Iterator<? extends PipelineInput> images, DecodingNotes notes, int partition, boolean again) {
        try {
            Set<String> suspects = notes.suspects(partition, again);
            NotedImages noted = new NotedImages(
                    images,
                    Optional.of(notes),
                    image -> suspects.contains(image.toString()),
                    DecodingNotes.prefix(partition) + UUID.randomUUID() + "-");
            OPEN.add(noted);
            // A task that starts during shutdown can be too late for the hook.
            if (ENDING.get()) {
                noted.close();
            }
            return noted;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the notes on images being decoded", e);
        }
    }

    private static void closeAll() {
        ENDING.set(true);
        OPEN.forEach(NotedImages::close);
    }

    /** Whether the image might have crashed a process that decoded it. */
    boolean isSuspect(PipelineInput image) {
        return suspects.test(image);
    }

    @Override
    public boolean hasNext() {
        return !noted.isEmpty() || images.hasNext();
    }

    @Override
    public PipelineInput next() {
        if (notes.isEmpty()) {
            return images.next();
        }
        if (noted.isEmpty()) {
            noteWindow(notes.get());
        }
        return noted.remove();
    }

    private synchronized void noteWindow(DecodingNotes to) {
        requireOpen();
        long held = 0;
        while (noted.size() < size && held < MAX_HELD_BYTES && images.hasNext()) {
            PipelineInput image = images.next();
            noted.add(image);
            held += image.isInMemory() ? image.size() : 0;
        }
        long start = System.nanoTime();
        Window window = new Window(freeName(), noted.size());
        noted.forEach(image -> windows.put(image, window));
        write(to, window.name, noted);
        long now = System.nanoTime();
        if (lastNoted > 0 && (now - start) * PARTS_OF_TIME > now - lastNoted) {
            size = Math.min(LARGEST_WINDOW, 2 * size);
        }
        lastNoted = now;
    }

    /** If the notes are deleted before the task has ended, the process is shutting down: blocks so that no more decoding starts. */
    private synchronized void requireOpen() {
        try {
            while (closed) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the task was interrupted", e);
        }
    }

    private String freeName() {
        if (freeNames.isEmpty()) {
            String name = prefix + names.size() + ".json";
            names.add(name);
            return name;
        }
        return freeNames.remove();
    }

    private static void write(DecodingNotes to, String name, Collection<PipelineInput> images) {
        try {
            to.write(name, images.stream().map(PipelineInput::toString).toList());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the note on images being decoded", e);
        }
    }

    /** Must be called when an image is decoded or has failed. */
    synchronized void done(PipelineInput image) {
        Window window = windows.remove(image);
        if (window != null && --window.left == 0) {
            freeNames.add(window.name);
        }
    }

    @Override
    public void close() {
        close(List.of());
    }

    /** Deletes the notes, except for images whose decoding is stuck. */
    synchronized void close(Collection<PipelineInput> stuck) {
        OPEN.remove(this);
        if (closed || notes.isEmpty()) {
            return;
        }
        closed = true;
        for (String name : names) {
            try {
                notes.get().delete(name);
            } catch (IOException e) {
                LOG.warn("cannot delete the note {}: its images will be decoded in a separate process", name, e);
            }
        }
        if (!stuck.isEmpty()) {
            write(notes.get(), prefix + "stuck.json", stuck);
        }
    }
}
