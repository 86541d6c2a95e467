package org.sparkxception.image.decode;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Size;
import org.sparkxception.image.DecodedImage;
import org.sparkxception.image.ImageSize;

/** Creates thumbnails for the report. */
public final class Thumbnail {
    private static final int QUALITY = 85;

    private Thumbnail() {}

    /**
     * Returns a thumbnail as a JPEG file.
     *
     * @param side the maximum side, in pixels; a smaller image keeps its size
     */
    public static byte[] jpeg(DecodedImage image, int side) {
        OpenCv.loadProcessing();
        ImageSize size = image.size();
        double scale = Math.min(1, (double) side / Math.max(size.width(), size.height()));
        try (Size target = new Size(scaled(size.width(), scale), scaled(size.height(), scale));
                Mat small = new Mat();
                Mat bgr = new Mat();
                IntPointer settings = new IntPointer(opencv_imgcodecs.IMWRITE_JPEG_QUALITY, QUALITY);
                BytePointer file = new BytePointer()) {
            opencv_imgproc.resize(image.mat(), small, target, 0, 0, opencv_imgproc.INTER_AREA);
            opencv_imgproc.cvtColor(small, bgr, opencv_imgproc.COLOR_RGB2BGR);
            if (!opencv_imgcodecs.imencode(".jpg", bgr, file, settings)) {
                throw new IllegalStateException("OpenCV could not encode an image of " + size + " as JPEG");
            }
            byte[] bytes = new byte[(int) file.limit()];
            file.get(bytes);
            return bytes;
        }
    }

    private static int scaled(int pixels, double scale) {
        return (int) Math.max(1, Math.round(pixels * scale));
    }
}
