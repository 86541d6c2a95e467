package org.sparkxception.image;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;

/**
 * The process behind {@link IsolatedDecoder}. It reads files from standard input, each after its length, and answers with a
 * status, width, height, and the pixels or the fault's sentence; it ends when its input does.
 */
final class DecoderProcess {
    private DecoderProcess() {}

    /** The argument is the largest number of pixels. */
    public static void main(String[] arguments) throws IOException {
        DataInputStream from = new DataInputStream(System.in);
        DataOutputStream to =
                new DataOutputStream(new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16));
        try (Decoder decoder = new ImageDecoder(Long.parseLong(arguments[0]))) {
            while (true) {
                answer(decoder, from.readNBytes(from.readInt()), to);
                to.flush();
            }
        } catch (EOFException e) {
            // Nothing more is to be decoded.
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
        to.writeUTF(status.name());
        to.writeInt(size.width());
        to.writeInt(size.height());
    }
}
