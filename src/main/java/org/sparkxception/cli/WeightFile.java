package org.sparkxception.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.ZipFile;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.model.ImportedNetwork;
import org.sparkxception.model.keras.InputSize;
import org.sparkxception.model.keras.KerasFile;
import org.sparkxception.model.timm.TimmFile;

/** Tells by its content what a weight file is, and reads it. */
final class WeightFile {
    private static final String HDF = "\u0089HDF\r\n\u001a\n";
    private static final String ZIP = "PK\u0003\u0004";
    private static final byte PICKLE = (byte) 0x80;

    private WeightFile() {}

    /**
     * Reads a network.
     *
     * @param inputSize rows and columns that the user gave
     * @throws UserException (exit code 2) if the file is of no kind that is known, or cannot be read
     */
    static ImportedNetwork read(Path file, Optional<Integer> inputSize) {
        byte[] start = start(file);
        String text = new String(start, StandardCharsets.ISO_8859_1);
        InputSize size = new InputSize(inputSize);
        if (text.startsWith(HDF)) {
            return KerasFile.readHdf(file, size);
        } else if (text.startsWith(ZIP)) {
            refusePickle(file);
            return KerasFile.readArchive(file, size);
        } else if (start.length > 0 && start[0] == PICKLE) {
            throw pickle(file);
        } else if (start.length == 9 && start[8] == '{' && headerLength(start) > 1) {
            return TimmFile.read(file, size.unknown());
        }
        throw new UserException(
                ExitCode.USAGE,
                file + " is neither HDF5, nor a .keras archive, nor safetensors: give a file that Keras or timm saved");
    }

    private static byte[] start(Path file) {
        try (InputStream stream = Files.newInputStream(file)) {
            return stream.readNBytes(9);
        } catch (IOException e) {
            throw new UserException(ExitCode.USAGE, file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static long headerLength(byte[] start) {
        return ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }

    /** {@code torch.save} writes a zip too. */
    private static void refusePickle(Path file) {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            if (zip.stream().anyMatch(entry -> entry.getName().endsWith("data.pkl"))) {
                throw pickle(file);
            }
        } catch (IOException e) {
            // What is wrong with the archive is said by who reads it.
        }
    }

    private static UserException pickle(Path file) {
        return new UserException(
                ExitCode.USAGE,
                file + " is a pickle of PyTorch, which runs code when it is read: convert it with"
                        + " safetensors.torch.save_file(model.state_dict(), \"model.safetensors\"), where model is"
                        + " timm.create_model(\"legacy_xception\", num_classes=N) with these weights loaded");
    }
}
