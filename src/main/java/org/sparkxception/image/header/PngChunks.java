package org.sparkxception.image.header;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/** The chunks of a PNG: each has a length, a name, data and a checksum. */
public final class PngChunks {
    private static final int SIGNATURE = 8;
    private static final int LENGTH_AND_NAME = 8;
    private static final int FRAME = 12;
    private static final String END = "IEND";

    private static final byte[] END_CHUNK = {0, 0, 0, 0, 'I', 'E', 'N', 'D', (byte) 0xae, 0x42, 0x60, (byte) 0x82};

    /** The chunks required for the picture. */
    private static final Set<String> PICTURE = Set.of("IHDR", "PLTE", "IDAT", END);

    private PngChunks() {}

    /** Whether no chunk extends beyond the end of the file, according to its length. */
    static boolean fit(byte[] file) {
        ByteBuffer bytes = ByteBuffer.wrap(file);
        int at = SIGNATURE;
        while (at <= file.length - LENGTH_AND_NAME) {
            long end = at + FRAME + Integer.toUnsignedLong(bytes.getInt(at));
            if (end > file.length) {
                return false;
            }
            if (name(file, at).equals(END)) {
                return true;
            }
            at = (int) end;
        }
        return true;
    }

    /** Returns the file with the chunks of its picture only; the chunks must fit. Adds a missing end chunk, which Pillow does not need. */
    public static byte[] pictureOnly(byte[] file) {
        ByteBuffer bytes = ByteBuffer.wrap(file);
        ByteArrayOutputStream kept = new ByteArrayOutputStream(file.length);
        kept.write(file, 0, SIGNATURE);
        int at = SIGNATURE;
        boolean ended = false;
        while (!ended && at <= file.length - FRAME) {
            int length = FRAME + bytes.getInt(at);
            String name = name(file, at);
            if (PICTURE.contains(name)) {
                kept.write(file, at, length);
            }
            ended = name.equals(END);
            at += length;
        }
        if (!ended) {
            kept.write(END_CHUNK, 0, END_CHUNK.length);
        }
        return kept.size() == file.length ? file : kept.toByteArray();
    }

    private static String name(byte[] file, int chunk) {
        return new String(file, chunk + Integer.BYTES, Integer.BYTES, StandardCharsets.ISO_8859_1);
    }
}
