package org.sparkxception.image.header;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The numbers in the first directory of a TIFF or BigTIFF structure, as in TIFF files and EXIF blocks.
 *
 * <p>Entries that are damaged or beyond the end are skipped, and no other directory is read: this limits the cost of a malicious file
 * to the entries of one directory, and their values to the length of the file.
 */
public final class TiffTags {
    public static final int WIDTH = 256;
    public static final int HEIGHT = 257;
    public static final int BITS_PER_SAMPLE = 258;
    public static final int COMPRESSION = 259;
    public static final int PHOTOMETRIC = 262;
    public static final int FILL_ORDER = 266;
    public static final int STRIP_OFFSETS = 273;
    static final int ORIENTATION = 274;
    public static final int SAMPLES_PER_PIXEL = 277;
    public static final int ROWS_PER_STRIP = 278;
    public static final int STRIP_LENGTHS = 279;
    public static final int PLANES = 284;
    public static final int GROUP_3_OPTIONS = 292;
    public static final int PREDICTOR = 317;
    public static final int COLOR_MAP = 320;
    public static final int TILE_WIDTH = 322;
    public static final int TILE_HEIGHT = 323;
    public static final int TILE_OFFSETS = 324;
    public static final int TILE_LENGTHS = 325;
    public static final int EXTRA_SAMPLES = 338;
    public static final int SAMPLE_FORMAT = 339;

    private static final int MAGIC = 42;
    private static final int BIG_MAGIC = 43;
    private static final int BIG_HEADER = 16;
    private static final int ENTRY_LENGTH = 12;
    private static final int BIG_ENTRY_LENGTH = 20;
    private static final int SHORT = 3;
    private static final int LONG = 4;
    private static final int LONG8 = 16;

    private final ByteBuffer bytes;
    private final boolean big;
    private final Map<Integer, Field> fields = new HashMap<>();

    private record Field(int length, int count, int at) {}

    private TiffTags(ByteBuffer bytes, boolean big) {
        this.bytes = bytes;
        this.big = big;
    }

    /** Reads the structure that starts at an offset of a file; empty if there is none. */
    public static Optional<TiffTags> read(byte[] file, int start) {
        if (file.length - start < 8) {
            return Optional.empty();
        }
        ByteBuffer bytes = ByteBuffer.wrap(file, start, file.length - start).slice();
        bytes.order(bytes.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        if (bytes.get(0) != bytes.get(1) || "IM".indexOf(bytes.get(0)) < 0) {
            return Optional.empty();
        }
        boolean big = bytes.getShort(2) == BIG_MAGIC && bytes.limit() >= BIG_HEADER;
        if (!big && bytes.getShort(2) != MAGIC) {
            return Optional.empty();
        }
        TiffTags tags = new TiffTags(bytes, big);
        tags.readDirectory();
        return Optional.of(tags);
    }

    public ByteOrder order() {
        return bytes.order();
    }

    public boolean has(int tag) {
        return fields.containsKey(tag);
    }

    /** Returns the first value of a tag. */
    public OptionalInt value(int tag) {
        Field field = fields.get(tag);
        return field == null ? OptionalInt.empty() : OptionalInt.of((int) number(field, 0));
    }

    /** Returns all values of a tag that are within the file. */
    public long[] values(int tag) {
        Field field = fields.get(tag);
        long[] values = new long[field == null ? 0 : field.count()];
        for (int i = 0; i < values.length; i++) {
            values[i] = number(field, i);
        }
        return values;
    }

    /** Overwrites the first value of a 16-bit tag in a file; requires a structure that starts at offset 0. */
    public void overwrite(byte[] file, int tag, int value) {
        ByteBuffer.wrap(file).order(order()).putShort(fields.get(tag).at(), (short) value);
    }

    private void readDirectory() {
        long directory = big ? bytes.getLong(8) : bytes.getInt(4);
        int head = big ? Long.BYTES : Short.BYTES;
        int entry = big ? BIG_ENTRY_LENGTH : ENTRY_LENGTH;
        if (directory < 0 || directory > bytes.limit() - head) {
            return;
        }
        int start = (int) directory;
        long count = big ? bytes.getLong(start) : Short.toUnsignedInt(bytes.getShort(start));
        int fitting = (bytes.limit() - start - head) / entry;
        for (int i = 0; i < Math.min(count, fitting); i++) {
            add(start + head + i * entry);
        }
    }

    private void add(int entry) {
        int length =
                switch (bytes.getShort(entry + 2)) {
                    case SHORT -> Short.BYTES;
                    case LONG -> Integer.BYTES;
                    case LONG8 -> Long.BYTES;
                    default -> 0;
                };
        int word = big ? Long.BYTES : Integer.BYTES;
        long count = word(entry + 4);
        if (length == 0 || count <= 0) {
            return;
        }
        long at = count <= word / length ? entry + 4 + word : word(entry + 4 + word);
        if (at < 0 || at > bytes.limit() - length) {
            return;
        }
        long fitting = (bytes.limit() - at) / length;
        fields.putIfAbsent(
                Short.toUnsignedInt(bytes.getShort(entry)),
                new Field(length, (int) Math.min(count, fitting), (int) at));
    }

    private long word(int at) {
        return big ? bytes.getLong(at) : Integer.toUnsignedLong(bytes.getInt(at));
    }

    private long number(Field field, int index) {
        int at = field.at() + index * field.length();
        return switch (field.length()) {
            case Short.BYTES -> Short.toUnsignedLong(bytes.getShort(at));
            case Integer.BYTES -> Integer.toUnsignedLong(bytes.getInt(at));
            default -> bytes.getLong(at);
        };
    }
}
