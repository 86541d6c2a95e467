package org.sparkxception.image;

import java.nio.ByteBuffer;
import org.bytedeco.opencv.opencv_core.Mat;

/** The pixels of an image in native memory, until it is closed. */
public final class DecodedImage implements AutoCloseable {
    private final Mat mat;

    public DecodedImage(Mat mat) {
        this.mat = mat;
    }

    /** The pixels, for OpenCV. */
    public Mat mat() {
        return mat;
    }

    public ImageSize size() {
        return new ImageSize(mat.cols(), mat.rows());
    }

    /** Red, green and blue of each pixel, row by row: a direct buffer over the native memory, valid until {@link #close}. */
    public ByteBuffer rgb() {
        return mat.createBuffer();
    }

    @Override
    public void close() {
        mat.close();
    }
}
