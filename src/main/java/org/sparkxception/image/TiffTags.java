package org.sparkxception.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The numbers in the first directory of a TIFF structure: TIFF files and EXIF blocks are such.
 *
 * <p>Entries that are damaged, or lie beyond the end, are passed over; nothing else is followed, so that what a hostile file
 * can cost is bounded by the 65,535 entries of one directory.
 */
final class TiffTags {
    static final int WIDTH = 256;
    static final int HEIGHT = 257;
    static final int BITS_PER_SAMPLE = 258;
    static final int ORIENTATION = 274;
    static final int SAMPLES_PER_PIXEL = 277;
    static final int EXTRA_SAMPLES = 338;

    private static final int MAGIC = 42;
    private static final int ENTRY_LENGTH = 12;
    private static final int SHORT = 3;
    private static final int LONG = 4;

    private final ByteOrder order;
    private final Map<Integer, Integer> offsets = new HashMap<>();
    private final Map<Integer, Integer> values = new HashMap<>();

    private TiffTags(ByteOrder order) {
        this.order = order;
    }

    /** Reads the structure that starts at a place of a file; nothing, where none does. */
    static Optional<TiffTags> read(byte[] file, int start) {
        if (file.length - start < 8) {
            return Optional.empty();
        }
        ByteBuffer bytes = ByteBuffer.wrap(file, start, file.length - start).slice();
        ByteOrder order = bytes.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
        bytes.order(order);
        if (bytes.get(0) != bytes.get(1) || "IM".indexOf(bytes.get(0)) < 0 || bytes.getShort(2) != MAGIC) {
            return Optional.empty();
        }
        TiffTags tags = new TiffTags(order);
        int directory = bytes.getInt(4);
        if (directory >= 0 && directory <= bytes.limit() - 2) {
            int count = Short.toUnsignedInt(bytes.getShort(directory));
            int fitting = (bytes.limit() - directory - 2) / ENTRY_LENGTH;
            for (int i = 0; i < Math.min(count, fitting); i++) {
                tags.add(bytes, directory + 2 + i * ENTRY_LENGTH);
            }
        }
        return Optional.of(tags);
    }

    /** The first value of a tag. */
    OptionalInt value(int tag) {
        return values.containsKey(tag) ? OptionalInt.of(values.get(tag)) : OptionalInt.empty();
    }

    /** Writes over the first value of a tag of 16 bits, in the bytes that were read from their start. */
    void overwrite(byte[] file, int tag, int value) {
        ByteBuffer.wrap(file).order(order).putShort(offsets.get(tag), (short) value);
    }

    private void add(ByteBuffer bytes, int entry) {
        int type = bytes.getShort(entry + 2);
        int length = type == SHORT ? Short.BYTES : type == LONG ? Integer.BYTES : 0;
        long count = Integer.toUnsignedLong(bytes.getInt(entry + 4));
        if (length == 0 || count == 0) {
            return;
        }
        int at = count * length <= Integer.BYTES ? entry + 8 : bytes.getInt(entry + 8);
        if (at < 0 || at > bytes.limit() - length) {
            return;
        }
        int tag = Short.toUnsignedInt(bytes.getShort(entry));
        offsets.putIfAbsent(tag, at);
        values.putIfAbsent(tag, type == SHORT ? Short.toUnsignedInt(bytes.getShort(at)) : bytes.getInt(at));
    }
}
