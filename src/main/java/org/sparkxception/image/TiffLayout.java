package org.sparkxception.image;

import java.nio.ByteOrder;
import java.util.Optional;

/** How the samples of a TIFF lie in its blocks: strips or tiles, of all samples of a pixel or of one. */
final class TiffLayout {
    static final int WHITE_IS_ZERO = 0;
    static final int BLACK_IS_ZERO = 1;
    static final int RGB = 2;
    static final int PALETTE = 3;
    static final int CMYK = 5;
    private static final int LAB = 8;

    static final int PREMULTIPLIED = 1;
    private static final int SEPARATE = 2;
    private static final int SIGNED = 2;
    private static final int MOST_SAMPLES = 6;

    /** A tile that is larger than these pixels and than the image is not to be believed. */
    private static final long LARGE_TILE = 1 << 22;

    /** A block is unpacked on the heap. */
    private static final long MOST_BLOCK_BYTES = 1 << 28;

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
     * Of a file that this reader is for; nothing, where OpenCV gives the pixels that Pillow does.
     *
     * @throws ImageFault if neither does
     */
    static Optional<TiffLayout> of(TiffTags tags) throws ImageFault {
        TiffLayout layout = new TiffLayout(tags);
        int compression = layout.number(TiffTags.COMPRESSION, 1);
        if (layout.photometric == LAB) {
            throw unsupported("LAB colours");
        }
        if (!TiffBlocks.isRead(compression) && !TiffBlocks.isLeftToOpenCv(compression)) {
            throw unsupported("compression " + compression);
        }
        if (TiffBlocks.isLeftToOpenCv(compression)
                || layout.number(TiffTags.FILL_ORDER, 1) != 1
                || layout.isExactInOpenCv()) {
            return Optional.empty();
        }
        layout.check();
        return Optional.of(layout);
    }

    private boolean isExactInOpenCv() {
        boolean grey = photometric <= BLACK_IS_ZERO && !premultiplied;
        boolean narrow = !tiled && (bits == 1 || bits == Byte.SIZE) && photometric <= PALETTE && !premultiplied;
        return narrow || (bits == Short.SIZE && samples == 1 && grey);
    }

    private void check() throws ImageFault {
        boolean known =
                switch (photometric) {
                    case WHITE_IS_ZERO, BLACK_IS_ZERO ->
                        (bits <= Byte.SIZE && Integer.bitCount(bits) == 1) && !premultiplied;
                    case RGB -> (bits == Byte.SIZE || bits == Short.SIZE) && samples >= 3;
                    case PALETTE -> bits <= Byte.SIZE && Integer.bitCount(bits) == 1;
                    case CMYK -> (bits == Byte.SIZE || bits == Short.SIZE) && samples >= 4;
                    default -> false;
                };
        if (!known || samples > MOST_SAMPLES || (signed && bits != Byte.SIZE)) {
            throw unsupported("photometric interpretation " + photometric + " with " + samples + " samples of " + bits
                    + " bits" + (premultiplied ? ", premultiplied by alpha" : ""));
        }
        if (number(TiffTags.PREDICTOR, 1) > 2) {
            throw unsupported("predictor " + number(TiffTags.PREDICTOR, 1));
        }
        long blockPixels = (long) blockWidth * blockHeight;
        if (blockWidth < 1 || blockHeight < 1 || blockPixels > Math.max(LARGE_TILE, (long) width * height)) {
            throw new ImageFault(
                    ImageStatus.CORRUPT,
                    "the header is damaged: it says tiles of " + new ImageSize(blockWidth, blockHeight));
        }
        if (blockBytes() > MOST_BLOCK_BYTES) {
            throw unsupported("blocks of " + (blockBytes() >> 20) + " MiB");
        }
    }

    /** Bytes of the samples of a block, unpacked. */
    long blockBytes() {
        return (long) blockWidth * blockHeight * samples * bits / Byte.SIZE;
    }

    private static ImageFault unsupported(String what) {
        return new ImageFault(ImageStatus.UNSUPPORTED, "it is a TIFF of " + what + ": convert it to JPEG or PNG");
    }

    int number(int tag, int otherwise) {
        return tags.value(tag).orElse(otherwise);
    }

    ByteOrder order() {
        return tags.order();
    }

    /** How many blocks lie side by side. */
    int across() {
        return (width + blockWidth - 1) / blockWidth;
    }

    int down() {
        return (height + blockHeight - 1) / blockHeight;
    }

    /** How many samples of a pixel lie in one block. */
    int samplesTogether() {
        return separate ? 1 : samples;
    }

    int rowLength() {
        return Math.toIntExact(((long) blockWidth * samplesTogether() * bits + 7) / 8);
    }

    /** The rows of a block that lie in the file: the last strip has fewer. */
    int rowsIn(int row) {
        return tiled ? blockHeight : Math.min(blockHeight, height - row * blockHeight);
    }

    long[] offsets() {
        return tags.values(tiled ? TiffTags.TILE_OFFSETS : TiffTags.STRIP_OFFSETS);
    }

    long[] lengths() {
        return tags.values(tiled ? TiffTags.TILE_LENGTHS : TiffTags.STRIP_LENGTHS);
    }
}
