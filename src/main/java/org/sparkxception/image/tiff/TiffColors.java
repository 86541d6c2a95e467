package org.sparkxception.image.tiff;

import org.sparkxception.image.header.TiffTags;

/** Converts the samples of a TIFF to red, green and blue, with Pillow's rounding. */
final class TiffColors {
    private static final int HIGHEST = 255;

    private final TiffLayout layout;
    /** Red, green and blue per value, for gray and palette images. */
    private final byte[][] map;

    TiffColors(TiffLayout layout) {
        this.layout = layout;
        map = switch (layout.photometric) {
            case TiffLayout.WHITE_IS_ZERO, TiffLayout.BLACK_IS_ZERO -> grays(layout);
            case TiffLayout.PALETTE -> colorMap(layout);
            default -> new byte[0][];
        };
    }

    /** Writes a pixel of a gray or palette image. */
    void put(int value, byte[] rgb, int at) {
        rgb[at] = map[0][value];
        rgb[at + 1] = map[1][value];
        rgb[at + 2] = map[2][value];
    }

    void put(int[] pixel, byte[] rgb, int at) {
        for (int channel = 0; channel < 3; channel++) {
            if (map.length > 0) {
                rgb[at + channel] = map[channel][pixel[0]];
            } else if (layout.photometric == TiffLayout.CMYK) {
                rgb[at + channel] = (byte) ofInk(pixel[channel], HIGHEST - pixel[3]);
            } else {
                rgb[at + channel] = (byte) (layout.premultiplied ? divided(pixel[channel], pixel[3]) : pixel[channel]);
            }
        }
    }

    /** The levels of gray images. Like Pillow, does not invert 16-bit gray. */
    private static byte[][] grays(TiffLayout layout) {
        byte[] levels = new byte[1 << Math.min(layout.bits, Byte.SIZE)];
        boolean turned = layout.photometric == TiffLayout.WHITE_IS_ZERO && layout.bits <= Byte.SIZE;
        for (int i = 0; i < levels.length; i++) {
            int level = i * HIGHEST / (levels.length - 1);
            levels[i] = (byte) (turned ? HIGHEST - level : level);
        }
        return new byte[][] {levels, levels, levels};
    }

    /** Returns light × (1 − ink), with levels from 0 to 255; the product of two levels is divided by 255 and rounded. */
    private static int ofInk(int ink, int light) {
        int product = ink * light + 128;
        return light - (((product >> Byte.SIZE) + product) >> Byte.SIZE);
    }

    private static int divided(int color, int alpha) {
        return alpha == 0 ? 0 : Math.min(HIGHEST, color * HIGHEST / alpha);
    }

    /** The color map, with the upper 8 of the 16 bits of its levels. */
    private static byte[][] colorMap(TiffLayout layout) {
        long[] values = layout.tags.values(TiffTags.COLOR_MAP);
        byte[][] map = new byte[3][1 << layout.bits];
        for (int channel = 0; channel < 3; channel++) {
            for (int i = 0; i < map[channel].length; i++) {
                map[channel][i] = (byte) (values[channel * map[channel].length + i] >> Byte.SIZE);
            }
        }
        return map;
    }
}
