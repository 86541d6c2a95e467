package org.sparkxception.storage;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A small file with exclusive creation and compare-and-set replacement: only one of many processes can create it, and only a
 * process that knows its current version can replace it.
 *
 * <p>Many storages can create a file exclusively ({@link #isSupported}), but few can replace one conditionally.
 * Therefore each version is a separate file, {@code NAME} or {@code NAME.00000042}, and the highest version is current. To replace
 * version 41, a process creates version 42, which only one process can do. Deletion creates a version that is marked as released,
 * and only lower versions are removed. Thus a number that was once the highest is never reused, even if a process was suspended.
 *
 * <p>The first line of each version identifies its author, so that a process recognizes its own creation if the response was lost.
 * Each instance of this class is a separate contender.
 */
public final class ExclusiveFile {
    private static final String HELD = "# held by ";
    private static final String RELEASED = "# released by ";
    private static final int READS = 10;

    /** More than any user of this class writes. Files that other programs wrote can have any size. */
    private static final int MAX_BYTES = 1 << 20;

    private final FileSystem storage;
    private final Path path;
    private final String self = UUID.randomUUID().toString();

    /** The version number of a file when it was read or written. */
    public record Version(long number) {}

    /**
     * The content of a file.
     *
     * @param bytes the bytes that were passed to {@link #tryCreate} or {@link #replace}
     * @param modified the modification time by the clock of the storage
     */
    @SuppressWarnings("ArrayRecordComponent") // compared with isSameAs
    public record Content(byte[] bytes, Version version, Instant modified) {
        /** Whether the file was not written between the two reads. */
        public boolean isSameAs(Content other) {
            return version.equals(other.version)
                    && modified.equals(other.modified)
                    && Arrays.equals(bytes, other.bytes);
        }
    }

    private record Generation(long number, FileStatus status) {}

    @SuppressWarnings("ArrayRecordComponent")
    private record Entry(String author, boolean released, byte[] bytes) {}

    public ExclusiveFile(FileSystem storage, Path path) {
        this.storage = storage;
        this.path = storage.makeQualified(path);
    }

    /** Whether the storage can create a file exclusively. If not, every creation throws an {@link UnsupportedOperationException}. */
    public boolean isSupported() throws IOException {
        return AtomicCreate.isPossible(storage, path);
    }

    /** The path of the file. Its versions have this name, or a name that starts with it. */
    public Path path() {
        return path;
    }

    /** Creates the file if it does not exist. Of several concurrent calls, only one succeeds; the others return empty. */
    public synchronized Optional<Version> tryCreate(byte[] content) throws IOException {
        Optional<Generation> last = last(generations());
        if (last.isEmpty()) {
            return follow(-1, false, content);
        }
        Optional<Entry> entry = entry(last.get());
        return entry.isPresent() && entry.get().released()
                ? follow(last.get().number(), false, content)
                : Optional.empty();
    }

    /** Replaces the file if its version is unchanged. Of several concurrent calls, only one succeeds; the others return empty. */
    public synchronized Optional<Version> replace(Version version, byte[] content) throws IOException {
        return follow(version.number(), false, content);
    }

    /** Reads the file; empty if it does not exist. */
    public synchronized Optional<Content> read() throws IOException {
        for (int attempt = 0; attempt < READS; attempt++) {
            Optional<Generation> last = last(generations());
            if (last.isEmpty()) {
                return Optional.empty();
            }
            Optional<Entry> entry = entry(last.get());
            if (entry.isPresent()) {
                Instant modified = Instant.ofEpochMilli(last.get().status().getModificationTime());
                return Optional.of(entry.get())
                        .filter(held -> !held.released())
                        .map(held ->
                                new Content(held.bytes(), new Version(last.get().number()), modified));
            }
        }
        throw new IOException(path + " changes too often to be read");
    }

    /** Deletes the file if its version is unchanged. */
    public synchronized void delete(Version version) throws IOException {
        follow(version.number(), true, new byte[0]);
    }

    /** The current time by the clock of the storage, which also sets {@link Content#modified}. */
    public Instant now() throws IOException {
        Path probe = path.suffix(".clock-" + UUID.randomUUID());
        storage.create(probe, true).close();
        try {
            return Instant.ofEpochMilli(storage.getFileStatus(probe).getModificationTime());
        } finally {
            storage.delete(probe, false);
        }
    }

    private Optional<Version> follow(long number, boolean released, byte[] content) throws IOException {
        for (long next = number + 1; ; next++) {
            boolean created = AtomicCreate.tryCreate(storage, generationPath(next), entry(released, content));
            List<Generation> generations = generations();
            Optional<Generation> last = last(generations);
            if (last.isEmpty() || last.get().number() != next) {
                if (created) {
                    storage.delete(generationPath(next), false);
                }
                return Optional.empty();
            }
            Optional<Entry> there = entry(last.get());
            if (there.isEmpty()
                    || !there.get().author().equals(self)
                    || there.get().released() != released) {
                return Optional.empty();
            }
            if (created || Arrays.equals(there.get().bytes(), content)) {
                removeBefore(next, generations);
                return Optional.of(new Version(next));
            }
            // An earlier attempt of this contender with other content; its response was lost. Create the next version.
        }
    }

    private void removeBefore(long number, List<Generation> generations) throws IOException {
        for (Generation generation : generations) {
            if (generation.number() < number) {
                storage.delete(generation.status().getPath(), false);
            }
        }
    }

    private byte[] entry(boolean released, byte[] content) {
        byte[] author = ((released ? RELEASED : HELD) + self + "\n").getBytes(StandardCharsets.UTF_8);
        byte[] whole = Arrays.copyOf(author, author.length + content.length);
        System.arraycopy(content, 0, whole, author.length, content.length);
        return whole;
    }

    /** Reads a version; empty if it was removed in the meantime. */
    private Optional<Entry> entry(Generation generation) throws IOException {
        byte[] whole;
        try (InputStream stream = storage.open(generation.status().getPath())) {
            whole = stream.readNBytes(MAX_BYTES);
        } catch (FileNotFoundException e) {
            return Optional.empty();
        }
        int end = 0;
        while (end < whole.length && whole[end] != '\n') {
            end++;
        }
        String first = new String(whole, 0, end, StandardCharsets.UTF_8);
        byte[] rest = end < whole.length ? Arrays.copyOfRange(whole, end + 1, whole.length) : new byte[0];
        if (first.startsWith(RELEASED)) {
            return Optional.of(new Entry(first.substring(RELEASED.length()), true, rest));
        }
        if (first.startsWith(HELD)) {
            return Optional.of(new Entry(first.substring(HELD.length()), false, rest));
        }
        return Optional.of(new Entry("", false, whole));
    }

    private List<Generation> generations() throws IOException {
        FileStatus[] siblings;
        try {
            siblings = storage.listStatus(path.getParent());
        } catch (FileNotFoundException e) {
            return List.of();
        }
        List<Generation> generations = new ArrayList<>();
        for (FileStatus sibling : siblings) {
            String name = sibling.getPath().getName();
            if (name.equals(path.getName())) {
                generations.add(new Generation(0, sibling));
            } else if (name.startsWith(path.getName() + ".")) {
                String suffix = name.substring(path.getName().length() + 1);
                if (suffix.matches("\\d{8,18}")) {
                    generations.add(new Generation(Long.parseLong(suffix), sibling));
                }
            }
        }
        return generations;
    }

    private static Optional<Generation> last(List<Generation> generations) {
        return generations.stream().max(Comparator.comparingLong(Generation::number));
    }

    private Path generationPath(long number) {
        return number == 0 ? path : path.suffix(".%08d".formatted(number));
    }
}
