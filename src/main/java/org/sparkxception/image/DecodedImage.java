package org.sparkxception.image;

import java.nio.ByteBuffer;
import org.bytedeco.opencv.opencv_core.Mat;

/** The pixels of a decoded image, in native memory until closed. */
public final class DecodedImage implements AutoCloseable {
    private final Mat mat;

    public DecodedImage(Mat mat) {
        this.mat = mat;
    }

    /** The pixels as an OpenCV matrix: 8 bits per channel, RGB. */
    public Mat mat() {
        return mat;
    }

    public ImageSize size() {
        return new ImageSize(mat.cols(), mat.rows());
    }

    /** Red, green and blue of each pixel, one byte each, row by row: a direct buffer on native memory, valid until {@link #close}. */
    public ByteBuffer rgb() {
        return mat.createBuffer();
    }

    @Override
    public void close() {
        mat.close();
    }
}
