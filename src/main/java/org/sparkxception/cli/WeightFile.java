package org.sparkxception.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.model.ImportedNetwork;
import org.sparkxception.model.keras.InputSize;
import org.sparkxception.model.keras.KerasFile;
import org.sparkxception.model.timm.TimmFile;

/** Detects the format of a weight file from its content, and reads it. */
final class WeightFile {
    private static final String HDF = "\u0089HDF\r\n\u001a\n";
    private static final String ZIP = "PK\u0003\u0004";
    private static final byte PICKLE = (byte) 0x80;
    private static final int MAX_PROGRAM = Integer.MAX_VALUE - 1024;

    private WeightFile() {}

    /**
     * Requires a regular file.
     *
     * @throws UserException (exit code 2) that says what it is instead, and how to get a file
     */
    static void requireFile(Path file) {
        if (Files.isDirectory(file)) {
            throw new UserException(ExitCode.USAGE, file + " is " + described(file));
        } else if (!Files.exists(file)) {
            throw new UserException(ExitCode.USAGE, "the weight file " + file + " does not exist: check --weights");
        } else if (!Files.isRegularFile(file)) {
            throw new UserException(
                    ExitCode.USAGE, "the weight file " + file + " is not a regular file: check --weights");
        }
    }

    private static String described(Path directory) {
        if (Files.exists(directory.resolve("saved_model.pb"))) {
            return "a TensorFlow SavedModel directory, which contains a program: load the network with"
                    + " tf_keras.models.load_model(\"" + directory.getFileName() + "\"), save it with"
                    + " model.save(\"model.keras\"), and import that file";
        } else if (Files.exists(directory.resolve("model.weights.h5"))) {
            return "an unzipped .keras archive: zip it again (cd " + directory
                    + " && zip -r ../model.keras .), and import model.keras";
        }
        return "a directory: use the file in it that Keras, timm or torch.jit saved";
    }

    /** Whether it is a TorchScript archive; a PyTorch pickle has no constants. */
    static boolean isProgram(Path file) {
        Set<String> names = names(file);
        return hasOne(names, "/constants.pkl") && hasOne(names, "/data.pkl");
    }

    /** Reads the archive into one array. */
    static byte[] readProgram(Path file) {
        try {
            if (Files.size(file) > MAX_PROGRAM) {
                throw new IOException("it is larger than 2 GiB");
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /**
     * Reads a network.
     *
     * @param inputSize height and width in pixels, if the user set them
     * @throws UserException (exit code 2) if the format is unknown, or the file cannot be read
     */
    static ImportedNetwork read(Path file, Optional<Integer> inputSize) {
        byte[] start = start(file);
        String text = new String(start, StandardCharsets.ISO_8859_1);
        InputSize size = new InputSize(inputSize);
        if (text.startsWith(HDF)) {
            return KerasFile.readHdf(file, size);
        } else if (text.startsWith(ZIP)) {
            refusePyTorch(file);
            return KerasFile.readArchive(file, size);
        } else if (start.length > 0 && start[0] == PICKLE) {
            throw pickle(file);
        } else if (start.length == 9 && start[8] == '{' && headerLength(start) > 1) {
            return TimmFile.read(file, size.unknown());
        }
        throw new UserException(
                ExitCode.USAGE,
                file
                        + " is neither HDF5, nor a .keras archive, nor safetensors, nor TorchScript: use a file saved by Keras,"
                        + " timm or torch.jit");
    }

    private static byte[] start(Path file) {
        try (InputStream stream = Files.newInputStream(file)) {
            return stream.readNBytes(9);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static UserException unreadable(Path file, IOException e) {
        return new UserException(ExitCode.USAGE, file + " cannot be read: " + e.getMessage(), e);
    }

    private static long headerLength(byte[] start) {
        return ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }

    /** {@code torch.save} also writes a zip file, with all entries in one folder; Keras uses no folder. */
    private static void refusePyTorch(Path file) {
        Set<String> names = names(file);
        if (hasOne(names, "data.pkl")) {
            throw pickle(file);
        }
        if (hasOne(names, "/archive_format")) {
            throw new UserException(
                    ExitCode.USAGE,
                    file + " is a torch.export archive, which libtorch cannot load: save"
                            + " torch.jit.trace(model.eval(), example).save(\"model.pt\")");
        }
        if (names.isEmpty() && firstName(file).contains("/")) {
            throw new UserException(ExitCode.USAGE, file + " is a truncated PyTorch archive: use the complete file");
        }
    }

    private static String firstName(Path file) {
        try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(file))) {
            return Optional.ofNullable(zip.getNextEntry())
                    .map(ZipEntry::getName)
                    .orElse("");
        } catch (IOException e) {
            return "";
        }
    }

    private static boolean hasOne(Set<String> names, String end) {
        return names.stream().anyMatch(name -> name.endsWith(end));
    }

    /** Returns the names of the entries of a zip file; empty if it is not a zip file. */
    private static Set<String> names(Path file) {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            return zip.stream().map(ZipEntry::getName).collect(Collectors.toSet());
        } catch (IOException e) {
            // The reader of the archive reports the error.
            return Set.of();
        }
    }

    private static UserException pickle(Path file) {
        return new UserException(
                ExitCode.USAGE,
                file + " is a PyTorch pickle, which runs code when it is loaded: convert it with"
                        + " safetensors.torch.save_file(model.state_dict(), \"model.safetensors\"), where model is"
                        + " timm.create_model(\"legacy_xception\", num_classes=N) with these weights loaded; for any other"
                        + " network, save torch.jit.script(model.eval()).save(\"model.pt\")");
    }
}
