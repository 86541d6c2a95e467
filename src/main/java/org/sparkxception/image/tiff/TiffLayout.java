package org.sparkxception.image.tiff;

import java.nio.ByteOrder;
import java.util.Optional;
import java.util.stream.LongStream;
import org.sparkxception.image.ImageFault;
import org.sparkxception.image.ImageSize;
import org.sparkxception.image.ImageStatus;
import org.sparkxception.image.header.TiffTags;

/** The layout of a TIFF: blocks (strips or tiles) that contain all samples of a pixel, or one sample in separate planes. */
public final class TiffLayout {
    static final int WHITE_IS_ZERO = 0;
    static final int BLACK_IS_ZERO = 1;
    static final int RGB = 2;
    static final int PALETTE = 3;
    static final int CMYK = 5;
    private static final int LAB = 8;

    static final int PREMULTIPLIED = 1;
    private static final int SEPARATE = 2;
    private static final int SIGNED = 2;
    private static final int MAX_SAMPLES = 6;

    /** A tile with more pixels than this and than the image is treated as corrupt. */
    private static final long LARGE_TILE = 1 << 22;

    final int compression;
    final int width;
    final int height;
    final int bits;
    final int samples;
    final int photometric;
    final boolean separate;
    final boolean signed;
    final boolean premultiplied;
    final int blockWidth;
    final int blockHeight;
    final TiffTags tags;
    private final boolean tiled;

    private TiffLayout(TiffTags tags) {
        this.tags = tags;
        compression = number(TiffTags.COMPRESSION, TiffBlocks.RAW);
        width = number(TiffTags.WIDTH, 0);
        height = number(TiffTags.HEIGHT, 0);
        bits = number(TiffTags.BITS_PER_SAMPLE, 1);
        samples = number(TiffTags.SAMPLES_PER_PIXEL, 1);
        photometric = number(TiffTags.PHOTOMETRIC, 0);
        separate = number(TiffTags.PLANES, 1) == SEPARATE && samples > 1;
        signed = number(TiffTags.SAMPLE_FORMAT, 1) == SIGNED;
        premultiplied = number(TiffTags.EXTRA_SAMPLES, 0) == PREMULTIPLIED;
        tiled = tags.has(TiffTags.TILE_WIDTH);
        blockWidth = tiled ? number(TiffTags.TILE_WIDTH, 0) : width;
        int strip = number(TiffTags.ROWS_PER_STRIP, height);
        blockHeight = tiled ? number(TiffTags.TILE_HEIGHT, 0) : strip < 1 || strip > height ? height : strip;
    }

    /**
     * Returns the layout of a file that this package reads; empty if OpenCV reads it.
     *
     * @throws ImageFault if neither can reproduce Pillow's pixels, or the header is damaged
     */
    public static Optional<TiffLayout> of(TiffTags tags) throws ImageFault {
        TiffLayout layout = new TiffLayout(tags);
        if (layout.photometric == LAB) {
            throw unsupported("LAB colors");
        }
        if (TiffBlocks.isLeftToOpenCv(layout.compression)) {
            return Optional.empty();
        }
        if (!TiffBlocks.isRead(layout.compression)) {
            throw unsupported("compression " + layout.compression);
        }
        layout.check();
        return Optional.of(layout);
    }

    private void check() throws ImageFault {
        boolean deepGray = bits == Short.SIZE && samples == 1;
        boolean known =
                switch (photometric) {
                    case WHITE_IS_ZERO, BLACK_IS_ZERO -> (isNarrow() || deepGray) && !premultiplied;
                    case RGB -> bits >= Byte.SIZE && samples >= 3;
                    case PALETTE -> isNarrow();
                    case CMYK -> bits >= Byte.SIZE && samples >= 4;
                    default -> false;
                };
        boolean sameBits = LongStream.of(tags.values(TiffTags.BITS_PER_SAMPLE)).allMatch(value -> value == bits);
        boolean fax = TiffBlocks.isFax(compression) && bits * samples != 1;
        if (!known || !sameBits || fax || samples > MAX_SAMPLES || (signed && bits > Byte.SIZE && !deepGray)) {
            throw unsupported("photometric interpretation " + photometric + " with " + samples + " samples of " + bits
                    + " bits" + (premultiplied ? ", premultiplied by alpha" : ""));
        }
        int predictor = TiffBlocks.hasPredictor(compression) ? number(TiffTags.PREDICTOR, 1) : 1;
        if (predictor > 2 || (predictor == 2 && bits < Byte.SIZE)) {
            throw unsupported("predictor " + predictor);
        }
        long blockPixels = (long) blockWidth * blockHeight;
        if (blockWidth < 1
                || blockWidth > ImageSize.MAX_COLUMNS
                || blockHeight < 1
                || blockPixels > Math.max(LARGE_TILE, (long) width * height)) {
            throw new ImageFault(
                    ImageStatus.CORRUPT,
                    "the header is damaged: it specifies tiles of " + new ImageSize(blockWidth, blockHeight));
        }
    }

    /** Whether samples have 1, 2, 4 or 8 bits; the header probe accepts only these and 16. */
    private boolean isNarrow() {
        return bits <= Byte.SIZE;
    }

    /** Whether samples are interleaved bytes of red, green and blue. */
    boolean isPlainRgb() {
        return photometric == RGB && bits == Byte.SIZE && samples == 3 && !separate;
    }

    private static ImageFault unsupported(String what) {
        return new ImageFault(
                ImageStatus.UNSUPPORTED, "a TIFF with " + what + " is not supported: convert it to JPEG or PNG");
    }

    int number(int tag, int otherwise) {
        return tags.value(tag).orElse(otherwise);
    }

    ByteOrder order() {
        return tags.order();
    }

    /** Number of blocks per row of blocks. */
    int across() {
        return (width + blockWidth - 1) / blockWidth;
    }

    int down() {
        return (height + blockHeight - 1) / blockHeight;
    }

    /** Number of samples per pixel in one block. */
    int samplesTogether() {
        return separate ? 1 : samples;
    }

    int rowLength() {
        return Math.toIntExact(((long) blockWidth * samplesTogether() * bits + 7) / 8);
    }

    /** Number of rows to read from a block: the last strip has fewer; of an uncompressed tile, only rows within the image are read. */
    int rowsIn(int row) {
        boolean whole = tiled && compression != TiffBlocks.RAW;
        return whole ? blockHeight : Math.min(blockHeight, height - row * blockHeight);
    }

    long[] offsets() {
        return tags.values(tiled ? TiffTags.TILE_OFFSETS : TiffTags.STRIP_OFFSETS);
    }

    long[] lengths() {
        return tags.values(tiled ? TiffTags.TILE_LENGTHS : TiffTags.STRIP_LENGTHS);
    }
}
