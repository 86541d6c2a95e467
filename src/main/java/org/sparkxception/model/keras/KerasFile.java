package org.sparkxception.model.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.jhdf.HdfFile;
import io.jhdf.api.Group;
import io.jhdf.exceptions.HdfException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.apache.commons.io.input.BoundedInputStream;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.model.ImportedNetwork;

/**
 * Reads files written by Keras: {@code .keras} archives, complete networks in {@code .h5} files, and files with weights only: {@code
 * .weights.h5}, {@code save_weights} of Keras 2, and the file published by Keras.
 */
public final class KerasFile {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String CONFIG = "config.json";
    private static final String WEIGHTS = "model.weights.h5";
    private static final int MAX_CONFIG = 64 << 20;
    private static final int MAX_WEIGHTS = 1 << 30;

    private KerasFile() {}

    /**
     * Reads a network from a {@code .keras} archive.
     *
     * @throws UserException (exit code 2) if the file cannot be read, or is not an Xception; the message contains the layer or tensor
     */
    public static ImportedNetwork readArchive(Path file, InputSize size) {
        Path weights = null;
        try (ZipFile zip = new ZipFile(file.toFile())) {
            // HDF5 needs random access: read it from a file, and not from 91 MB of heap.
            weights = Files.createTempFile("spark-xception", ".weights.h5");
            Path extracted = weights;
            JsonNode config = configuration(zip);
            extract(zip, extracted);
            return withReadableErrors(file, () -> {
                try (HdfFile hdf = HdfFiles.open(extracted)) {
                    return XceptionMatcher.match(KerasGraph.of(config), KerasVariables.numbered(hdf), size);
                }
            });
        } catch (IOException e) {
            throw unreadable(file, "a .keras archive", "a complete file written by model.save of Keras", e);
        } finally {
            delete(weights);
        }
    }

    private static void delete(Path file) {
        try {
            if (file != null) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode configuration(ZipFile zip) throws IOException {
        try (InputStream stream = open(zip, CONFIG)) {
            return JSON.readTree(stream);
        }
    }

    private static void extract(ZipFile zip, Path target) throws IOException {
        try (InputStream stream = open(zip, WEIGHTS)) {
            Files.copy(stream, target, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** Opens an entry with a limit on its length, whatever length the archive specifies. */
    private static InputStream open(ZipFile zip, String name) throws IOException {
        ZipEntry entry = zip.getEntry(name);
        if (entry == null) {
            throw new IOException("it has no " + name);
        }
        long max = name.equals(CONFIG) ? MAX_CONFIG : MAX_WEIGHTS;
        return BoundedInputStream.builder()
                .setInputStream(zip.getInputStream(entry))
                .setMaxCount(max)
                .setOnMaxCount((limit, count) -> {
                    throw new IOException(name + " is larger than " + (max >> 20) + " MiB");
                })
                .get();
    }

    /**
     * Reads an HDF5 file: a complete network, or weights only.
     *
     * @throws UserException (exit code 2) if the file cannot be read, or is not an Xception; the message contains the layer or tensor
     */
    public static ImportedNetwork readHdf(Path file, InputSize size) {
        try {
            if (Files.size(file) > MAX_WEIGHTS) {
                throw new IOException("it is larger than 1 GiB, too large for the weights of an Xception");
            }
            return withReadableErrors(file, () -> {
                try (HdfFile hdf = HdfFiles.open(file)) {
                    return read(hdf, size);
                }
            });
        } catch (IOException e) {
            throw unreadable(file, "an HDF5 weight file", "a complete .h5 file written by Keras", e);
        }
    }

    private static ImportedNetwork read(HdfFile hdf, InputSize size) throws IOException {
        Optional<String> config = HdfTensors.text(hdf, "model_config");
        if (config.isPresent() && hdf.getChild("model_weights") instanceof Group weights) {
            return XceptionMatcher.match(
                    KerasGraph.of(JSON.readTree(config.get())), KerasVariables.named(weights), size);
        }
        if (hdf.getChild("layers") != null) {
            return WeightsOnly.numbered(hdf, size);
        }
        if (hdf.getChildren().keySet().stream().anyMatch(name -> name.matches("convolution2d_\\d+"))) {
            return WeightsOnly.published(hdf, size);
        }
        return WeightsOnly.named(hdf, size);
    }

    private interface Reading {
        ImportedNetwork read() throws IOException;
    }

    /** Converts the errors of reading a file to messages for users. */
    private static ImportedNetwork withReadableErrors(Path file, Reading reading) throws IOException {
        try {
            return reading.read();
        } catch (HdfException | StackOverflowError e) {
            throw new IOException("its HDF5 data is damaged, or has an unknown version: " + e.getMessage(), e);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new UserException(
                    ExitCode.USAGE, file + " does not contain an Xception network: " + e.getMessage(), e);
        }
    }

    private static UserException unreadable(Path file, String kind, String give, IOException e) {
        String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        return new UserException(
                ExitCode.USAGE, file + " cannot be read as " + kind + " (" + why + "): use " + give, e);
    }
}
