package org.sparkxception.image;

/** Width and height of an image, in pixels; by default after EXIF orientation. */
public record ImageSize(int width, int height) {
    /** Maximum width: that of OpenCV, {@code CV_IO_MAX_IMAGE_WIDTH}. The readers of BMP and TIFF hold one row on the heap. */
    public static final int MAX_COLUMNS = 1 << 20;

    public long pixels() {
        return (long) width * height;
    }

    ImageSize transposed() {
        return new ImageSize(/* width= */ height, /* height= */ width);
    }

    @Override
    public String toString() {
        return width + "×" + height;
    }
}
