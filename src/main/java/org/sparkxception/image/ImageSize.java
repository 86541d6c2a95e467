package org.sparkxception.image;

/** Columns and rows of an image, in pixels, as it is looked at: after EXIF orientation. */
public record ImageSize(int width, int height) {
    /** OpenCV refuses wider images: its {@code CV_IO_MAX_IMAGE_WIDTH}. What is read here holds a row on the heap. */
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
