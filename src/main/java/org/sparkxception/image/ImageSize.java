package org.sparkxception.image;

/** Columns and rows of an image, in pixels, as it is looked at: after EXIF orientation. */
public record ImageSize(int width, int height) {
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
