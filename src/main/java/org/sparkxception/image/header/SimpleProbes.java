package org.sparkxception.image.header;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.OptionalInt;
import org.sparkxception.image.ImageFault;
import org.sparkxception.image.ImageHeader;
import org.sparkxception.image.ImageSize;
import org.sparkxception.image.ImageStatus;
import org.sparkxception.image.Orientation;

/** Reads the headers of formats whose size is at a fixed offset or in a directory of tags. */
final class SimpleProbes {
    private static final int BMP_HEADER_LENGTH = 14;
    private static final int BMP_SIZE = 18;
    private static final int BMP_OLD_HEADER = 12;
    private static final int BMP_NEWEST_HEADER = 124;

    private SimpleProbes() {}

    static Optional<ImageHeader> gif(byte[] file) {
        return GifFirstFrame.isIn(file)
                ? Optional.of(upright("GIF", GifFirstFrame.of(file).size()))
                : Optional.empty();
    }

    static Optional<ImageHeader> bmp(byte[] file) {
        ByteBuffer bytes = littleEndian(file);
        if (!isBmp(file)) {
            return Optional.empty();
        }
        if (bytes.getInt(BMP_HEADER_LENGTH) == BMP_OLD_HEADER) {
            return Optional.of(upright("BMP", shorts(bytes, BMP_SIZE)));
        }
        // A BMP with its top row first has a negative height.
        int height = Math.abs(bytes.getInt(BMP_SIZE + Integer.BYTES));
        return Optional.of(upright("BMP", new ImageSize(bytes.getInt(BMP_SIZE), height)));
    }

    /** Whether a file has the signature and a valid header length of a BMP: text can also start with "BM". */
    static boolean isBmp(byte[] file) {
        if (file.length < BMP_SIZE + 2 * Integer.BYTES || file[0] != 'B' || file[1] != 'M') {
            return false;
        }
        int header = littleEndian(file).getInt(BMP_HEADER_LENGTH);
        return header >= BMP_OLD_HEADER && header <= BMP_NEWEST_HEADER;
    }

    static Optional<ImageHeader> tiff(byte[] file) throws ImageFault {
        Optional<TiffTags> read = TiffTags.read(file, 0);
        if (read.isEmpty()) {
            return Optional.empty();
        }
        TiffTags tags = read.get();
        int bits = tags.value(TiffTags.BITS_PER_SAMPLE).orElse(1);
        if (bits > Short.SIZE || Integer.bitCount(bits) != 1) {
            throw new ImageFault(
                    ImageStatus.UNSUPPORTED,
                    "a TIFF with " + bits + " bits per sample is not supported: convert it to JPEG or PNG");
        }
        OptionalInt width = tags.value(TiffTags.WIDTH);
        OptionalInt height = tags.value(TiffTags.HEIGHT);
        if (width.isEmpty() || height.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new ImageHeader(
                "TIFF",
                new ImageSize(width.getAsInt(), height.getAsInt()),
                Orientation.ofExif(tags.value(TiffTags.ORIENTATION).orElse(1)),
                bits == Short.SIZE && tags.value(TiffTags.SAMPLES_PER_PIXEL).orElse(1) == 1));
    }

    private static ImageHeader upright(String format, ImageSize size) {
        return new ImageHeader(format, size, Orientation.UPRIGHT, false);
    }

    private static ImageSize shorts(ByteBuffer bytes, int at) {
        return new ImageSize(
                Short.toUnsignedInt(bytes.getShort(at)), Short.toUnsignedInt(bytes.getShort(at + Short.BYTES)));
    }

    private static ByteBuffer littleEndian(byte[] file) {
        return ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    }
}
