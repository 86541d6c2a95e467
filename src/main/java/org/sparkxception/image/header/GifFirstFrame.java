package org.sparkxception.image.header;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.sparkxception.image.ImageSize;

/**
 * A GIF up to its first frame, and the changes to it that make OpenCV's decoder return Pillow's pixels.
 *
 * <p>Pillow enlarges the logical screen to fit the first frame, and fills the area outside the frame with the transparent color, or
 * the first color, of the frame's color table. OpenCV's decoder rejects frames that exceed the screen, and fills with the background
 * color of the global color table.
 */
public final class GifFirstFrame {
    private static final int SIZE = 6;
    private static final int FLAGS = 10;
    private static final int BACKGROUND = 11;
    private static final int END = 13;
    private static final int EXTENSION = 0x21;
    private static final int GRAPHIC_CONTROL = 0xf9;
    private static final int CONTROL_FLAGS = 3;
    private static final int CONTROL_COLOR = 6;
    private static final int CONTROL_LENGTH = 8;
    private static final int TRANSPARENT = 0x01;
    private static final int PICTURE = 0x2c;
    private static final int PICTURE_PLACE = 1;
    private static final int PICTURE_SIZE = 5;
    private static final int PICTURE_FLAGS = 9;
    private static final int PICTURE_LENGTH = 10;
    private static final int HAS_TABLE = 0x80;
    private static final int TABLE_SIZE = 0x07;
    private static final byte TRAILER = 0x3b;

    private final byte[] file;
    private final int picture;
    /** Offset of the last graphic control extension before the first frame, or 0. */
    private final int control;

    private GifFirstFrame(byte[] file, int picture, int control) {
        this.file = file;
        this.picture = picture;
        this.control = control;
    }

    /** Parses a file that is at least as long as its logical screen descriptor. */
    public static GifFirstFrame of(byte[] file) {
        int at = END + table(file, FLAGS);
        int control = 0;
        while (at + CONTROL_LENGTH <= file.length && unsigned(file, at) == EXTENSION) {
            control = unsigned(file, at + 1) == GRAPHIC_CONTROL ? at : control;
            at += 2;
            while (at < file.length && file[at] != 0) {
                at += 1 + unsigned(file, at);
            }
            at++;
        }
        boolean whole = at + PICTURE_LENGTH <= file.length && unsigned(file, at) == PICTURE;
        return new GifFirstFrame(file, whole ? at : file.length, control);
    }

    /** Whether a file is long enough to contain a logical screen descriptor. */
    static boolean isIn(byte[] file) {
        return file.length >= END;
    }

    /** The size of the logical screen, enlarged to fit the first frame. */
    ImageSize size() {
        return new ImageSize(side(0), side(Short.BYTES));
    }

    /** Returns a GIF with the first frame only, without transparency, with an enlarged screen and the background of Pillow. */
    public byte[] forDecoder() {
        byte[] result = firstPicture();
        ByteBuffer.wrap(result)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort(SIZE, (short) side(0))
                .putShort(SIZE + Short.BYTES, (short) side(Short.BYTES));
        result[BACKGROUND] = 0;
        if (control > 0 && (file[control + CONTROL_FLAGS] & TRANSPARENT) != 0) {
            result[control + CONTROL_FLAGS] &= ~TRANSPARENT;
            result[BACKGROUND] = file[control + CONTROL_COLOR];
        }
        return withTableOfThePicture(result);
    }

    /** Truncates the file after the first frame: the decoder rejects a file that is damaged there, but Pillow does not read on. */
    private byte[] firstPicture() {
        int at = picture + PICTURE_LENGTH + 1;
        if (picture < file.length) {
            at += table(file, picture + PICTURE_FLAGS);
        }
        while (at < file.length && file[at] != 0) {
            at += 1 + unsigned(file, at);
        }
        if (at >= file.length) {
            return file.clone();
        }
        byte[] result = Arrays.copyOf(file, at + 2);
        result[at + 1] = TRAILER;
        return result;
    }

    /** Replaces the global color table by the frame's own, if it has one: then the global table is only used for the background. */
    private byte[] withTableOfThePicture(byte[] changed) {
        int table = picture + PICTURE_LENGTH;
        int length = picture < file.length ? table(file, picture + PICTURE_FLAGS) : 0;
        if (length == 0 || length > changed.length - table) {
            return changed;
        }
        int rest = END + table(file, FLAGS);
        byte[] result = new byte[END + length + changed.length - rest];
        System.arraycopy(changed, 0, result, 0, END);
        System.arraycopy(changed, table, result, END, length);
        System.arraycopy(changed, rest, result, END + length, changed.length - rest);
        result[FLAGS] = (byte) (HAS_TABLE | (file[picture + PICTURE_FLAGS] & TABLE_SIZE));
        return result;
    }

    private int side(int offset) {
        ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        int screen = Short.toUnsignedInt(bytes.getShort(SIZE + offset));
        if (picture == file.length) {
            return screen;
        }
        int needed = Short.toUnsignedInt(bytes.getShort(picture + PICTURE_PLACE + offset))
                + Short.toUnsignedInt(bytes.getShort(picture + PICTURE_SIZE + offset));
        return needed > 0xffff ? screen : Math.max(screen, needed);
    }

    /** The length of the color table that the flags specify, in bytes. */
    private static int table(byte[] file, int flagsAt) {
        int flags = unsigned(file, flagsAt);
        return (flags & HAS_TABLE) == 0 ? 0 : 3 << ((flags & TABLE_SIZE) + 1);
    }

    private static int unsigned(byte[] file, int at) {
        return Byte.toUnsignedInt(file[at]);
    }
}
