package org.sparkxception.image;

/**
 * The transformation that makes a stored image upright: transpose first, then flip.
 *
 * <p>Source: the tag Orientation (0x0112) of Exif 2.3.
 */
public enum Orientation {
    UPRIGHT(false, false, false),
    MIRRORED(false, false, true),
    ROTATED_180(false, true, true),
    FLIPPED(false, true, false),
    TRANSPOSED(true, false, false),
    ROTATED_90(true, false, true),
    TRANSVERSED(true, true, true),
    ROTATED_270(true, true, false);

    private final boolean swapsSides;
    private final boolean flipsRows;
    private final boolean flipsColumns;

    Orientation(boolean swapsSides, boolean flipsRows, boolean flipsColumns) {
        this.swapsSides = swapsSides;
        this.flipsRows = flipsRows;
        this.flipsColumns = flipsColumns;
    }

    /** Returns the orientation for an EXIF value from 1 to 8; any other value means upright. */
    public static Orientation ofExif(int value) {
        return value >= 1 && value <= values().length ? values()[value - 1] : UPRIGHT;
    }

    public boolean swapsSides() {
        return swapsSides;
    }

    public boolean flipsRows() {
        return flipsRows;
    }

    public boolean flipsColumns() {
        return flipsColumns;
    }
}
