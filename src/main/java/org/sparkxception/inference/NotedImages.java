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
 * The images of a task, each of which is noted before it is given out: a window of them in one note. At an orderly end, of the task or
 * of the process, its notes are deleted.
 */
public final class NotedImages implements Iterator<PipelineInput>, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NotedImages.class);
    private static final int FIRST_WINDOW = 16;
    private static final int LARGEST_WINDOW = 2048;

    /** A window is closed when images that bring their bytes along have so many. */
    private static final long MAX_HELD_BYTES = 16 << 20;

    /** Windows grow until noting takes less than this part of the time. */
    private static final int PARTS_OF_TIME = 50;

    /** Before Spark ends its tasks, and long before Hadoop closes its file systems. */
    private static final int BEFORE_SPARK = 100;

    private static final Set<NotedImages> OPEN = ConcurrentHashMap.newKeySet();

    /** Whether the process is about to end: nothing is noted any more. */
    private static final AtomicBoolean ENDING = new AtomicBoolean();

    static {
        try {
            ShutdownHookManager.get().addShutdownHook(NotedImages::closeAll, BEFORE_SPARK);
        } catch (IllegalStateException alreadyEnding) {
            ENDING.set(true);
        }
    }

    /** A note, and how many of its images are still to be decoded. */
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

    /** Images of a task; without notes all of them are suspicious when it is tried again. */
    public static NotedImages of(
            Iterator<? extends PipelineInput> images, Optional<DecodingNotes> notes, TaskContext task) {
        boolean again = task.attemptNumber() > 0 || task.stageAttemptNumber() > 0;
        return notes.map(to -> of(images, to, task.partitionId(), again)).orElseGet(() -> unnoted(images, again));
    }

    /** @param suspicious whether all images may have ended a process */
    static NotedImages unnoted(Iterator<? extends PipelineInput> images, boolean suspicious) {
        return new NotedImages(images, Optional.empty(), image -> suspicious, "");
    }

    /** @param again whether earlier attempts at the task may have left notes */
    static NotedImages of(Iterator<? extends PipelineInput> images, DecodingNotes notes, int partition, boolean again) {
        try {
            Set<String> suspects = notes.suspects(partition, again);
            NotedImages noted = new NotedImages(
                    images,
                    Optional.of(notes),
                    image -> suspects.contains(image.toString()),
                    DecodingNotes.prefix(partition) + UUID.randomUUID() + "-");
            OPEN.add(noted);
            // Those of a task that begins now may have been added too late for the hook.
            if (ENDING.get()) {
                noted.close();
            }
            return noted;
        } catch (IOException e) {
            throw new UncheckedIOException("the notes of images with decoders cannot be read", e);
        }
    }

    private static void closeAll() {
        ENDING.set(true);
        OPEN.forEach(NotedImages::close);
    }

    /** Whether an image may have ended a process that decoded it. */
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

    /** When the notes are deleted before the task has ended, the process is about to end: nothing is begun any more. */
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
            throw new UncheckedIOException("it cannot be noted which images are decoded", e);
        }
    }

    /** To be called when an image was decoded, or never will be. */
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

    /** Deletes the notes, but for images that a decoder is stuck with. */
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
                LOG.warn(
                        "the note {} cannot be deleted: its images will be decoded in a process of their own", name, e);
            }
        }
        if (!stuck.isEmpty()) {
            write(notes.get(), prefix + "stuck.json", stuck);
        }
    }
}
