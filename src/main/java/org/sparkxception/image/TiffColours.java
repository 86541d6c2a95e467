package org.sparkxception.image;

/** Makes red, green and blue of a TIFF's samples, rounded as Pillow rounds. */
final class TiffColours {
    private static final int HIGHEST = 255;

    private final TiffLayout layout;
    private final int greyStep;
    private final byte[][] map;

    TiffColours(TiffLayout layout) {
        this.layout = layout;
        greyStep = layout.bits > Byte.SIZE ? 1 : HIGHEST / ((1 << layout.bits) - 1);
        map = layout.photometric == TiffLayout.PALETTE ? colourMap(layout) : new byte[0][];
    }

    void put(int[] pixel, byte[] rgb, int at) {
        for (int channel = 0; channel < 3; channel++) {
            rgb[at + channel] = (byte)
                    switch (layout.photometric) {
                        case TiffLayout.WHITE_IS_ZERO -> HIGHEST - pixel[0] * greyStep;
                        case TiffLayout.BLACK_IS_ZERO -> pixel[0] * greyStep;
                        case TiffLayout.PALETTE -> map[channel][pixel[0]];
                        case TiffLayout.CMYK -> ofInk(pixel[channel], HIGHEST - pixel[3]);
                        default -> layout.premultiplied ? divided(pixel[channel], pixel[3]) : pixel[channel];
                    };
        }
    }

    /** The light that ink leaves of so much; the product of two levels is divided by 255, rounded. */
    private static int ofInk(int ink, int light) {
        int product = ink * light + 128;
        return light - (((product >> Byte.SIZE) + product) >> Byte.SIZE);
    }

    private static int divided(int colour, int alpha) {
        return alpha == 0 ? 0 : Math.min(HIGHEST, colour * HIGHEST / alpha);
    }

    /** Of the 16 bits of its levels the upper 8. */
    private static byte[][] colourMap(TiffLayout layout) {
        long[] values = layout.tags.values(TiffTags.COLOUR_MAP);
        byte[][] map = new byte[3][1 << layout.bits];
        for (int channel = 0; channel < 3; channel++) {
            for (int i = 0; i < map[channel].length; i++) {
                map[channel][i] = (byte) (values[channel * map[channel].length + i] >> Byte.SIZE);
            }
        }
        return map;
    }
}
