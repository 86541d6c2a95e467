package org.sparkxception.image.bmp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Set;
import org.sparkxception.image.ImageFault;
import org.sparkxception.image.ImageSize;
import org.sparkxception.image.ImageStatus;

/** The pixel layout from the header of a BMP, as interpreted by Pillow. */
public final class BmpLayout {
    static final int RAW = 0;
    static final int RUNS_OF_BYTES = 1;
    static final int RUNS_OF_HALVES = 2;
    private static final int BITFIELDS = 3;

    private static final int DATA_OFFSET = 10;
    private static final int HEADER = 14;
    private static final int OLD_HEADER = 12;
    private static final Set<Integer> HEADERS = Set.of(OLD_HEADER, 40, 52, 56, 64, 108, 124);
    private static final int OLD_BITS = 24;
    private static final int BITS = 28;
    private static final int COMPRESSION = 30;
    private static final int COLORS = 46;
    private static final int MASKS = 54;

    private static final int MAX_INDEX_BITS = 8;
    private static final int MAX_COLORS = 1 << MAX_INDEX_BITS;
    private static final int MAX_STATED_COLORS = 1 << 16;
    private static final int[] MASKS_555 = {0x7c00, 0x3e0, 0x1f};
    private static final int[] MASKS_888 = {0xff0000, 0xff00, 0xff};

    final int width;
    final int height;
    /** Whether the first row in the file is the top row. */
    final boolean fromTop;

    final int bits;
    final int compression;
    private final ByteBuffer bytes;
    private final boolean old;

    private BmpLayout(byte[] file, ImageSize size) {
        bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        old = bytes.getInt(HEADER) == OLD_HEADER;
        width = size.width();
        height = size.height();
        fromTop = !old && bytes.getInt(HEADER + 8) < 0;
        bits = bytes.getShort(old ? OLD_BITS : BITS);
        compression = old ? RAW : bytes.getInt(COMPRESSION);
    }

    /**
     * Returns the layout of a file whose header was probed.
     *
     * @throws ImageFault if this kind of BMP is not supported, or the header is damaged
     */
    public static BmpLayout of(byte[] file, ImageSize size) throws ImageFault {
        int header = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt(HEADER);
        if (!HEADERS.contains(header)) {
            throw unsupported("with a header of " + header + " bytes");
        }
        BmpLayout layout = new BmpLayout(file, size);
        layout.check();
        return layout;
    }

    private void check() throws ImageFault {
        boolean known =
                switch (compression) {
                    case RAW -> hasIndices() || bits == 16 || bits == 24 || bits == 32;
                    case RUNS_OF_BYTES, RUNS_OF_HALVES -> hasIndices();
                    case BITFIELDS -> bits == 16 || bits == 24 || bits == 32;
                    default -> false;
                };
        if (!known) {
            throw unsupported("with " + bits + " bits per pixel and compression " + compression);
        }
        if (hasIndices() && (colors() < 1 || colors() > MAX_STATED_COLORS)) {
            throw new ImageFault(
                    ImageStatus.CORRUPT,
                    "the header is damaged: it specifies a palette of " + Integer.toUnsignedString(colors())
                            + " colors");
        }
        if (!hasIndices()) {
            for (int mask : masks()) {
                int level = BmpReader.level(mask, mask);
                if (mask == 0 || level > 0xff || (level & (level + 1)) != 0) {
                    throw unsupported(String.format("with the color mask %08x", mask));
                }
            }
        }
    }

    private static ImageFault unsupported(String what) {
        return new ImageFault(
                ImageStatus.UNSUPPORTED, "a BMP " + what + " is not supported: convert it to JPEG or PNG");
    }

    /** Whether pixels are indices into a palette. */
    boolean hasIndices() {
        return bits == 1 || bits == 4 || bits == MAX_INDEX_BITS;
    }

    /** The bit masks of red, green and blue in a pixel. */
    int[] masks() {
        if (compression != BITFIELDS) {
            return bits == Short.SIZE ? MASKS_555 : MASKS_888;
        }
        int[] masks = {bytes.getInt(MASKS), bytes.getInt(MASKS + 4), bytes.getInt(MASKS + 8)};
        return masks[0] == 0 && masks[1] == 0 && masks[2] == 0 ? MASKS_888 : masks;
    }

    /** Red, green and blue per index; black for an index without a color in the file. */
    byte[][] palette() {
        byte[][] palette = new byte[MAX_COLORS][3];
        int start = headerEnd();
        int entry = entryLength();
        int count = Math.min(colors(), Math.min(MAX_COLORS, (bytes.limit() - start) / entry));
        for (int i = 0; i < count; i++) {
            for (int channel = 0; channel < 3; channel++) {
                palette[i][channel] = bytes.get(start + i * entry + 2 - channel);
            }
        }
        return palette;
    }

    /** Offset of the pixels; like Pillow, ignores a stored offset that leaves no room for the palette. */
    int dataStart() {
        int offset = bytes.getInt(DATA_OFFSET);
        int palette = hasIndices() ? entryLength() * colors() : 0;
        int masks = compression == BITFIELDS && headerEnd() == MASKS ? 3 * Integer.BYTES : 0;
        if (offset == 0) {
            return headerEnd() + masks + palette;
        }
        return offset == headerEnd() ? offset + palette : offset;
    }

    /** Length of an uncompressed row in bytes, without padding. */
    long rowLength() {
        return ((long) width * bits + 7) / Byte.SIZE;
    }

    private int headerEnd() {
        return HEADER + bytes.getInt(HEADER);
    }

    private int entryLength() {
        return old ? 3 : Integer.BYTES;
    }

    private int colors() {
        int said = old ? 0 : bytes.getInt(COLORS);
        return said == 0 ? 1 << bits : said;
    }
}
