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
 * A small file that only one of many processes can create, and that is replaced only by who knows what it holds.
 *
 * <p>Storages have in common that one of many can create a file of a given name ({@link AtomicCreate}), not that one can replace
 * it. So every version is a file of its own, {@code NAME} or {@code NAME.00000042}, and the highest is the one that counts. Who
 * wants to follow on version 41 creates 42: one of many can. A file that is deleted is followed by one that says so, and only
 * lower versions are removed: a number that was the highest once is never free again, for a process that slept.
 *
 * <p>Each version names in its first line who wrote it, so that a creation whose answer was lost is known as one's own. An
 * instance is one contender.
 */
public final class ExclusiveFile {
    private static final String HELD = "# held by ";
    private static final String RELEASED = "# released by ";
    private static final int READS = 10;

    /** Nobody who uses this class writes more; what another wrote may be of any size. */
    private static final int MAX_BYTES = 1 << 20;

    private final FileSystem storage;
    private final Path path;
    private final String self = UUID.randomUUID().toString();

    /** What a file was when it was read or written: the number of its version. */
    public record Version(long number) {}

    /**
     * What a file holds.
     *
     * @param bytes as they were given to {@link #tryCreate} or {@link #replace}
     * @param modified by the clock of the storage
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by isSameAs
    public record Content(byte[] bytes, Version version, Instant modified) {
        /** Whether nobody wrote it in between. */
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

    /** Where it lies: its versions have this name, or one that begins with it. */
    public Path path() {
        return path;
    }

    /** Creates the file, if there is none; of many that try at once, one can. */
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

    /** Writes the file anew, if it is still that version; of many that try at once, one can. */
    public synchronized Optional<Version> replace(Version version, byte[] content) throws IOException {
        return follow(version.number(), false, content);
    }

    /** What the file holds, if there is one. */
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
        throw new IOException(path + " changes faster than it can be read");
    }

    /** Gives the file up, if it is still that version. */
    public synchronized void delete(Version version) throws IOException {
        follow(version.number(), true, new byte[0]);
    }

    /** The time by the clock that {@link Content#modified} is of. */
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
            // An earlier attempt of this contender, whose answer was lost, with other content: follow on it.
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

    /** What a version holds; nothing if it was removed in the meantime. */
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
