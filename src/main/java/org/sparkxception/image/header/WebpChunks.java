package org.sparkxception.image.header;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;

/**
 * The chunks of a WebP that is not animated.
 *
 * <p>Source: the WebP container specification; libwebp's demuxer for the check of completeness.
 */
public final class WebpChunks {
    private static final int RIFF_SIZE = 4;
    private static final int FIRST_CHUNK = 12;
    private static final int CHUNK_HEADER = 8;
    private static final String EXTENDED = "VP8X";
    private static final Set<String> PICTURES = Set.of("VP8 ", "VP8L");

    private final ByteBuffer file;
    private final long end;

    private WebpChunks(byte[] bytes) {
        file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        end = CHUNK_HEADER + Integer.toUnsignedLong(file.getInt(RIFF_SIZE));
    }

    /** Whether the chunks of a file in the extended format are complete; true for other files, which their decoder checks. */
    public static boolean areWhole(byte[] file) {
        WebpChunks chunks = new WebpChunks(file);
        if (!chunks.name(FIRST_CHUNK).equals(EXTENDED)) {
            return true;
        }
        long at = FIRST_CHUNK;
        while (at + CHUNK_HEADER <= Math.min(chunks.end, file.length)) {
            at = chunks.next((int) at);
        }
        return at <= chunks.end && chunks.end <= file.length;
    }

    /**
     * Returns the file up to the end of its picture: if the picture is damaged, a decoder would read the chunks after it as its data. A
     * file without a picture chunk, such as an animation, is returned unchanged.
     */
    public static byte[] pictureOnly(byte[] file) {
        WebpChunks chunks = new WebpChunks(file);
        long at = FIRST_CHUNK;
        while (at + CHUNK_HEADER <= file.length) {
            long next = chunks.next((int) at);
            if (PICTURES.contains(chunks.name((int) at))) {
                return next < file.length ? cut(file, (int) next) : file;
            }
            at = next;
        }
        return file;
    }

    private static byte[] cut(byte[] file, int length) {
        byte[] picture = Arrays.copyOf(file, length);
        ByteBuffer.wrap(picture).order(ByteOrder.LITTLE_ENDIAN).putInt(RIFF_SIZE, length - CHUNK_HEADER);
        return picture;
    }

    private String name(int at) {
        return new String(file.array(), at, 4, StandardCharsets.ISO_8859_1);
    }

    /** Returns the offset after the chunk: its size is padded to an even number. */
    private long next(int at) {
        long size = Integer.toUnsignedLong(file.getInt(at + 4));
        return at + CHUNK_HEADER + size + (size & 1);
    }
}
