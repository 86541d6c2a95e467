package org.sparkxception.inference;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PathFilter;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkxception.storage.FileChanges;
import org.sparkxception.storage.FileSystems;

/**
 * Where tasks note which images are with their decoders, before these begin, for as long as they last. What is left there was
 * noted by a process that crashed or was killed: these images are decoded in a process of their own the next time, and no others.
 */
public final class DecodingNotes implements Serializable {
    private static final long serialVersionUID = 1;
    private static final JsonMapper JSON = JsonMapper.builder()
            // Names may hold halves of characters.
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .build();

    private final String directory;
    private final SerializableConfiguration storage;
    private final HashSet<String> suspects;

    private DecodingNotes(String directory, SerializableConfiguration storage, Set<String> suspects) {
        this.directory = directory;
        this.storage = storage;
        this.suspects = new HashSet<>(suspects);
    }

    /** Notes in a directory that is there or not; what was left in it is read. */
    public static DecodingNotes in(String directory, SerializableConfiguration storage) throws IOException {
        DecodingNotes none = new DecodingNotes(directory, storage, Set.of());
        return new DecodingNotes(directory, storage, none.read(path -> true));
    }

    /** How many images were with decoders when an earlier process crashed or was killed. */
    public int suspects() {
        return suspects.size();
    }

    /** Forgets all, when the images have their rows. */
    public void delete() throws IOException {
        Path path = new Path(directory);
        FileChanges.delete(FileSystems.of(path, storage.value()), path);
    }

    /**
     * The images that a task is to decode in a process of its own.
     *
     * @param again whether earlier attempts at the task may have left notes
     */
    Set<String> suspects(int partition, boolean again) throws IOException {
        Set<String> all = new HashSet<>(suspects);
        if (again) {
            all.addAll(read(path -> path.getName().startsWith(prefix(partition))));
        }
        return all;
    }

    /** How the names of notes of a task begin. */
    static String prefix(int partition) {
        return partition + "-";
    }

    /** Writes or overwrites a note; when this returns, it outlives the process. */
    void write(String name, Collection<String> images) throws IOException {
        Path path = new Path(directory, name);
        FileChanges.write(FileSystems.of(path, storage.value()), path, JSON.writeValueAsBytes(images));
    }

    void delete(String name) throws IOException {
        Path path = new Path(directory, name);
        FileChanges.delete(FileSystems.of(path, storage.value()), path);
    }

    private Set<String> read(PathFilter which) throws IOException {
        Path path = new Path(directory);
        FileSystem files = FileSystems.of(path, storage.value());
        Set<String> images = new HashSet<>();
        try {
            for (FileStatus note : files.listStatus(path, which)) {
                images.addAll(read(files, note.getPath()));
            }
        } catch (FileNotFoundException e) {
            // Nothing was noted, or it is deleted just now.
            return images;
        }
        return images;
    }

    private static List<String> read(FileSystem files, Path note) throws IOException {
        try (InputStream stream = files.open(note)) {
            return List.of(JSON.readValue(stream, String[].class));
        } catch (JsonProcessingException | ChecksumException e) {
            // The process ended while it wrote: none of these images was with a decoder yet.
            return List.of();
        }
    }
}
