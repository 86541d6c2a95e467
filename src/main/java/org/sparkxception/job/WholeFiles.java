package org.sparkxception.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.storage.FileChanges;
import org.sparkxception.storage.FileSystems;

/**
 * Files that exist completely or not at all. Object stores write files in this way. Elsewhere, a file is written under another name
 * and then renamed; between the deletion of the old file and the rename, the new one counts.
 */
final class WholeFiles {
    private static final JsonMapper JSON = new JsonMapper();

    private final FileSystem storage;

    WholeFiles(FileSystem storage) {
        this.storage = storage;
    }

    private boolean isObjectStore() {
        return FileSystems.isObjectStore(storage);
    }

    /**
     * Reads a value that {@link #write(Path, Object)} wrote.
     *
     * @throws UserException (exit code 5) if the file is damaged
     */
    <T> Optional<T> read(Path path, Class<T> type) throws IOException {
        try {
            return Optional.of(parse(path, type));
        } catch (FileNotFoundException e) {
            return readUnfinished(path, type);
        } catch (JsonProcessingException e) {
            throw new UserException(
                    ExitCode.OTHER_RUN,
                    path + " is damaged (" + e.getOriginalMessage()
                            + "): delete the output, or choose another `output`",
                    e);
        }
    }

    private <T> Optional<T> readUnfinished(Path path, Class<T> type) throws IOException {
        try {
            return Optional.of(parse(unfinished(path), type));
        } catch (FileNotFoundException | JsonProcessingException e) {
            return Optional.empty();
        }
    }

    private <T> T parse(Path path, Class<T> type) throws IOException {
        try (InputStream stream = storage.open(path)) {
            return JSON.readValue(stream.readAllBytes(), type);
        }
    }

    void write(Path path, Object value) throws IOException {
        if (!isObjectStore()
                && !storage.exists(path)
                && readUnfinished(path, JsonNode.class).isPresent()) {
            // An earlier write was interrupted in its last step: its file is the only copy and must not be lost.
            FileChanges.rename(storage, unfinished(path), path);
        }
        write(path, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(value));
    }

    void write(Path path, byte[] content) throws IOException {
        if (isObjectStore()) {
            FileChanges.write(storage, path, content);
            return;
        }
        FileChanges.write(storage, unfinished(path), content);
        FileChanges.delete(storage, path);
        FileChanges.rename(storage, unfinished(path), path);
    }

    private static Path unfinished(Path path) {
        return path.suffix(".new");
    }
}
