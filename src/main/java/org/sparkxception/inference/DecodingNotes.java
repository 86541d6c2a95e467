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
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkxception.storage.FileChanges;
import org.sparkxception.storage.FileSystems;

/**
 * Notes on storage of the images that tasks are decoding: written before decoding starts, deleted when it is done. A note that is left
 * over was written by a process that crashed or was killed: only its images are decoded in a separate process the next time.
 */
public final class DecodingNotes implements Serializable {
    private static final long serialVersionUID = 1;
    private static final JsonMapper JSON = JsonMapper.builder()
            // Names can contain unpaired surrogates.
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .build();

    private final String directory;
    private final Broadcast<SerializableConfiguration> storage;
    private final HashSet<String> suspects;

    private DecodingNotes(String directory, Broadcast<SerializableConfiguration> storage, Set<String> suspects) {
        this.directory = directory;
        this.storage = storage;
        this.suspects = new HashSet<>(suspects);
    }

    /** Reads the notes left in a directory, which does not have to exist. */
    public static DecodingNotes in(String directory, Broadcast<SerializableConfiguration> storage) throws IOException {
        DecodingNotes none = new DecodingNotes(directory, storage, Set.of());
        return new DecodingNotes(directory, storage, none.read(path -> true));
    }

    /** Number of images that were being decoded when an earlier process crashed or was killed. */
    public int suspects() {
        return suspects.size();
    }

    /** Deletes all notes, after the rows of the images are written. */
    public void delete() throws IOException {
        Path path = new Path(directory);
        FileChanges.delete(FileSystems.of(path, storage.value().value()), path);
    }

    /**
     * The images that a task decodes in a separate process.
     *
     * @param again whether earlier attempts of the task might have left notes
     */
    Set<String> suspects(int partition, boolean again) throws IOException {
        Set<String> all = new HashSet<>(suspects);
        if (again) {
            all.addAll(read(path -> path.getName().startsWith(prefix(partition))));
        }
        return all;
    }

    /** The prefix of the names of a task's notes. */
    static String prefix(int partition) {
        return partition + "-";
    }

    /** Writes or overwrites a note; after this returns, the note survives a crash of the process. */
    void write(String name, Collection<String> images) throws IOException {
        Path path = new Path(directory, name);
        FileChanges.write(FileSystems.of(path, storage.value().value()), path, JSON.writeValueAsBytes(images));
    }

    void delete(String name) throws IOException {
        Path path = new Path(directory, name);
        FileChanges.delete(FileSystems.of(path, storage.value().value()), path);
    }

    private Set<String> read(PathFilter which) throws IOException {
        Path path = new Path(directory);
        FileSystem files = FileSystems.of(path, storage.value().value());
        Set<String> images = new HashSet<>();
        try {
            for (FileStatus note : files.listStatus(path, which)) {
                images.addAll(read(files, note.getPath()));
            }
        } catch (FileNotFoundException e) {
            // There are no notes, or they were deleted concurrently.
            return images;
        }
        return images;
    }

    private static List<String> read(FileSystem files, Path note) throws IOException {
        try (InputStream stream = files.open(note)) {
            return List.of(JSON.readValue(stream, String[].class));
        } catch (JsonProcessingException | ChecksumException e) {
            // The process ended during the write: decoding of these images had not started.
            return List.of();
        }
    }
}
