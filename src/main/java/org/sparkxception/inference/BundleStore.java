package org.sparkxception.inference;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.model.ModelBundle;
import org.sparkxception.storage.StorageFaults;

/** Where model bundles lie: in directories of any Hadoop filesystem, and one in the jar. */
public final class BundleStore {
    /** The folder of the bundled model among the jar's resources. */
    private static final String BUNDLED = "/org/sparkxception/bundled-model/";

    private BundleStore() {}

    /** The small model that comes with the jar. */
    public static ModelBundle bundled() {
        try {
            return read(name -> {
                try (InputStream stream = BundleStore.class.getResourceAsStream(BUNDLED + name)) {
                    if (stream == null) {
                        throw new UserException(
                                ExitCode.MODEL, "this build has no bundled model: give one with --model");
                    }
                    return stream.readAllBytes();
                }
            });
        } catch (IOException e) {
            throw new IllegalStateException("the bundled model is damaged", e);
        }
    }

    /**
     * Reads the bundle that {@code import-model} wrote to a directory. Nothing of it is run: {@link
     * ScoringSettings.Builder#trustCode} is asked for before that.
     *
     * @throws UserException (exit code 6) if there is no whole bundle
     */
    public static ModelBundle read(String uri, Configuration configuration) {
        try {
            Path directory = new Path(uri);
            FileSystem storage = directory.getFileSystem(configuration);
            return read(name -> whole(storage, new Path(directory, name)));
        } catch (FileNotFoundException e) {
            throw new UserException(
                    ExitCode.MODEL,
                    "the model " + uri + " is no bundle (" + e.getMessage()
                            + "): --model takes the directory that import-model wrote",
                    e);
        } catch (IOException | IllegalArgumentException e) {
            throw new UserException(ExitCode.MODEL, "the model cannot be read: " + StorageFaults.explain(uri, e), e);
        }
    }

    /** Into an array of the file's size: weights are large, and would be copied while they are read. */
    private static byte[] whole(FileSystem storage, Path file) throws IOException {
        byte[] content = new byte[Math.toIntExact(storage.getFileStatus(file).getLen())];
        try (FSDataInputStream stream = storage.open(file)) {
            stream.readFully(content);
        }
        return content;
    }

    /** Reads a file of a bundle. */
    private interface Files {
        byte[] read(String name) throws IOException;
    }

    private static ModelBundle read(Files bundle) throws IOException {
        Map<String, byte[]> files = new HashMap<>();
        files.put(ModelBundle.DEFINITION, bundle.read(ModelBundle.DEFINITION));
        for (String name : ModelBundle.filesBeside(files.get(ModelBundle.DEFINITION))) {
            files.put(name, bundle.read(name));
        }
        return ModelBundle.ofFiles(files);
    }

    /**
     * Writes a bundle to a new or empty directory.
     *
     * @throws UserException (exit code 2) if the directory holds something already, or cannot be written
     */
    public static void write(ModelBundle bundle, String uri, Configuration configuration) {
        try {
            Path directory = new Path(uri);
            FileSystem storage = directory.getFileSystem(configuration);
            if (storage.exists(directory)
                    && (!storage.getFileStatus(directory).isDirectory()
                            || storage.listStatusIterator(directory).hasNext())) {
                throw new UserException(
                        ExitCode.USAGE,
                        "the output " + storage.makeQualified(directory)
                                + " holds something already: choose another --output, or delete it");
            }
            for (Map.Entry<String, byte[]> file : bundle.files().entrySet()) {
                try (OutputStream stream = storage.create(new Path(directory, file.getKey()))) {
                    stream.write(file.getValue());
                }
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new UserException(
                    ExitCode.USAGE, "the output cannot be written: " + StorageFaults.explain(uri, e), e);
        }
    }
}
