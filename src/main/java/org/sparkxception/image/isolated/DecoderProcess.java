package org.sparkxception.image.isolated;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import org.sparkxception.image.DecodedImage;
import org.sparkxception.image.Decoder;
import org.sparkxception.image.ImageFault;
import org.sparkxception.image.ImageSize;
import org.sparkxception.image.ImageStatus;
import org.sparkxception.image.decode.ImageDecoder;

/**
 * The main class of the process that {@link IsolatedDecoder} starts. It signals when it is ready, reads files from standard input, each
 * preceded by its length, and answers with a status, width, height, and the pixels or the error message. It exits at the end of input.
 */
final class DecoderProcess {
    /** Sent when the libraries are loaded. */
    static final byte READY = 'R';

    /** The first byte of an answer; the output of a crashing JVM starts with another character. */
    static final byte ANSWER = 'A';

    /** The exit code of -XX:+ExitOnOutOfMemoryError. */
    static final int HEAP_EXHAUSTED = 3;

    /** The exit code for errors in the program, EX_SOFTWARE of sysexits.h. A JVM that crashes ends with 1 or by a signal. */
    static final int FAILED = 70;

    private DecoderProcess() {}

    /** The argument is the maximum number of pixels of an image. */
    public static void main(String[] arguments) {
        try {
            answerAll(Long.parseLong(arguments[0]));
        } catch (IOException | RuntimeException | Error e) {
            e.printStackTrace();
            System.err.println(e);
            Runtime.getRuntime().halt(FAILED);
        }
    }

    private static void answerAll(long maxPixels) throws IOException {
        DataInputStream from = new DataInputStream(System.in);
        DataOutputStream to =
                new DataOutputStream(new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16));
        try (Decoder decoder = new ImageDecoder(maxPixels)) {
            to.writeByte(READY);
            to.flush();
            while (true) {
                answer(decoder, from.readNBytes(from.readInt()), to);
                to.flush();
            }
        } catch (EOFException e) {
            // The end of input: there are no more files.
            to.flush();
        }
    }

    private static void answer(Decoder decoder, byte[] file, DataOutputStream to) throws IOException {
        try (DecodedImage image = decoder.decode(file)) {
            write(to, ImageStatus.OK, image.size());
            Channels.newChannel(to).write(image.rgb());
        } catch (ImageFault fault) {
            write(to, fault.status(), fault.size().orElse(new ImageSize(0, 0)));
            to.writeUTF(fault.getMessage());
        }
    }

    private static void write(DataOutputStream to, ImageStatus status, ImageSize size) throws IOException {
        to.writeByte(ANSWER);
        to.writeUTF(status.name());
        to.writeInt(size.width());
        to.writeInt(size.height());
    }
}
