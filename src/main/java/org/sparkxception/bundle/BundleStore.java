package org.sparkxception.bundle;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.inference.ScoringSettings;
import org.sparkxception.model.BundleFile;
import org.sparkxception.model.ModelBundle;
import org.sparkxception.storage.FileSystems;
import org.sparkxception.storage.StorageFaults;
import org.sparkxception.storage.UriSecrets;

/** Reads and writes model bundles: directories on any Hadoop filesystem, and the bundled model in the jar. */
public final class BundleStore {
    /** The resource folder of the bundled model in the jar. */
    private static final String BUNDLED = "/org/sparkxception/bundled-model/";

    private static final Set<String> LARGE =
            Set.of(ModelBundle.WEIGHTS, ModelBundle.PROGRAM, ModelBundle.CALIBRATION, ModelBundle.KNOWN_OUTPUTS);
    /** The maximum length of an array. */
    private static final int MAX_LARGE = Integer.MAX_VALUE - 8;

    private static final int MAX_SMALL = 16 << 20;
    private static final Logger LOG = LoggerFactory.getLogger(BundleStore.class);

    private BundleStore() {}

    /**
     * Reads the small model in the jar.
     *
     * @throws UserException (exit code 6) if the jar has no model, or its model is damaged
     */
    public static ModelBundle bundled() {
        try {
            return read("in the jar", name -> {
                try (InputStream stream = BundleStore.class.getResourceAsStream(BUNDLED + name)) {
                    if (stream == null) {
                        throw new FileNotFoundException(BUNDLED + name);
                    }
                    return stream.readAllBytes();
                }
            });
        } catch (FileNotFoundException e) {
            throw new UserException(
                    ExitCode.MODEL,
                    "this build has no bundled model (" + e.getMessage()
                            + "): set `model` to a directory written by import-model",
                    e);
        } catch (IOException e) {
            throw new UserException(
                    ExitCode.MODEL, "the bundled model is damaged (" + e.getMessage() + "): reinstall the jar", e);
        }
    }

    /**
     * Reads the bundle that {@code import-model} wrote to a directory, and verifies the checksums of its files. No code in it is run;
     * to run it, {@link ScoringSettings.Builder#trustCode} must be set.
     *
     * @param uri the directory, on any Hadoop filesystem
     * @throws UserException (exit code 6) if the bundle is incomplete or unreadable, or one of its files has changed
     */
    public static ModelBundle read(String uri, Configuration configuration) {
        try {
            Path directory = FileSystems.path(uri);
            FileSystem storage = FileSystems.of(directory, configuration);
            return read(uri, name -> whole(storage, new Path(directory, name)));
        } catch (FileNotFoundException e) {
            throw new UserException(
                    ExitCode.MODEL,
                    UriSecrets.leftOut(uri) + " is not a model bundle (" + UriSecrets.hidden(e.getMessage())
                            + "): use a directory written by import-model",
                    e);
        } catch (IOException | IllegalArgumentException e) {
            throw new UserException(ExitCode.MODEL, "the model cannot be read: " + StorageFaults.explain(uri, e), e);
        }
    }

    /** Reads a file into an array of its size: a growing buffer would copy large weights. */
    private static byte[] whole(FileSystem storage, Path file) throws IOException {
        long size = storage.getFileStatus(file).getLen();
        int most = LARGE.contains(file.getName()) ? MAX_LARGE : MAX_SMALL;
        if (size > most) {
            throw new IOException(file.getName() + " has " + size + " bytes, more than the limit of " + most
                    + ": files written by import-model are smaller");
        }
        byte[] content = new byte[(int) size];
        try (FSDataInputStream stream = storage.open(file)) {
            stream.readFully(content);
        }
        return content;
    }

    /** Reads a file of a bundle. */
    private interface Files {
        byte[] read(String name) throws IOException;
    }

    private static ModelBundle read(String model, Files bundle) throws IOException {
        byte[] definition = bundle.read(ModelBundle.DEFINITION);
        Optional<Checksums> checksums = checksums(model, bundle);
        Map<String, BundleFile> files = new HashMap<>();
        files.put(ModelBundle.DEFINITION, checked(ModelBundle.DEFINITION, definition, checksums));
        for (String name : ModelBundle.filesBeside(definition)) {
            files.put(name, checked(name, bundle.read(name), checksums));
        }
        return ModelBundle.ofFiles(files);
    }

    private static Optional<Checksums> checksums(String model, Files bundle) throws IOException {
        try {
            return Optional.of(Checksums.parse(bundle.read(Checksums.FILE)));
        } catch (FileNotFoundException e) {
            LOG.warn(
                    "the model {} has no {}, because an earlier version imported it: damage to its files cannot be detected"
                            + " (import it again)",
                    model,
                    Checksums.FILE);
            return Optional.empty();
        }
    }

    private static BundleFile checked(String name, byte[] content, Optional<Checksums> checksums) throws IOException {
        BundleFile file = BundleFile.of(content);
        if (checksums.isPresent()) {
            checksums.get().require(name, file);
        }
        return file;
    }

    /**
     * Writes a bundle to a new or empty directory.
     *
     * @throws UserException (exit code 2) if the directory is not empty or not writable
     */
    public static void write(ModelBundle bundle, String uri, Configuration configuration) {
        try {
            Path directory = FileSystems.path(uri);
            FileSystem storage = FileSystems.of(directory, configuration);
            if (storage.exists(directory)
                    && (!storage.getFileStatus(directory).isDirectory()
                            || storage.listStatusIterator(directory).hasNext())) {
                throw new UserException(
                        ExitCode.USAGE,
                        "the output " + storage.makeQualified(directory)
                                + " already exists and is not an empty directory: use another `output`, or delete it");
            }
            // Checksums first: an interrupted write must not look like a bundle of an earlier version, which had none.
            Map<String, BundleFile> files = bundle.files();
            write(storage, new Path(directory, Checksums.FILE), ByteBuffer.wrap(Checksums.of(files)));
            for (Map.Entry<String, BundleFile> file : files.entrySet()) {
                write(
                        storage,
                        new Path(directory, file.getKey()),
                        file.getValue().content());
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new UserException(
                    ExitCode.USAGE, "the output cannot be written: " + StorageFaults.explain(uri, e), e);
        }
    }

    private static void write(FileSystem storage, Path file, ByteBuffer content) throws IOException {
        try (WritableByteChannel out = Channels.newChannel(storage.create(file))) {
            out.write(content);
        }
    }
}
