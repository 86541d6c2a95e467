package org.sparkxception.image.header;

import com.drew.imaging.ImageProcessingException;
import com.drew.imaging.jpeg.JpegSegmentData;
import com.drew.imaging.jpeg.JpegSegmentReader;
import com.drew.imaging.jpeg.JpegSegmentType;
import com.drew.lang.SequentialByteArrayReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.sparkxception.image.ImageFault;
import org.sparkxception.image.ImageHeader;
import org.sparkxception.image.ImageSize;
import org.sparkxception.image.ImageStatus;

/** Reads the header of a JPEG: its frame, EXIF and XMP segments. */
final class JpegProbe {
    private static final List<JpegSegmentType> FRAMES = Stream.of(JpegSegmentType.values())
            .filter(type -> type.name().startsWith("SOF"))
            .toList();
    private static final List<JpegSegmentType> WANTED =
            Stream.concat(FRAMES.stream(), Stream.of(JpegSegmentType.APP1)).toList();
    private static final byte[] EXIF = "Exif\0".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] XMP = "http://ns.adobe.com/xap/1.0/\0".getBytes(StandardCharsets.ISO_8859_1);
    private static final int FRAME_BITS = 0;
    private static final int FRAME_HEIGHT = 1;
    private static final int FRAME_WIDTH = 3;

    private JpegProbe() {}

    /** Returns the header; empty if the file has no frame. */
    static Optional<ImageHeader> probe(byte[] file) throws ImageFault, ImageProcessingException, IOException {
        JpegSegmentData segments = JpegSegmentReader.readSegments(new SequentialByteArrayReader(file), WANTED);
        OrientationMetadata notes = new OrientationMetadata();
        for (byte[] block : segments.getSegments(JpegSegmentType.APP1)) {
            if (OrientationMetadata.startsWith(block, EXIF)) {
                notes.addExif(block);
            } else if (OrientationMetadata.startsWith(block, XMP)) {
                notes.addXmp(block);
            }
        }
        for (JpegSegmentType type : FRAMES) {
            for (byte[] frame : segments.getSegments(type)) {
                ByteBuffer fields = ByteBuffer.wrap(frame);
                if (fields.get(FRAME_BITS) != Byte.SIZE) {
                    throw new ImageFault(
                            ImageStatus.UNSUPPORTED,
                            "a JPEG with " + fields.get(FRAME_BITS)
                                    + " bits per sample is not supported: convert it to 8 bits");
                }
                ImageSize size = new ImageSize(
                        Short.toUnsignedInt(fields.getShort(FRAME_WIDTH)),
                        Short.toUnsignedInt(fields.getShort(FRAME_HEIGHT)));
                return Optional.of(new ImageHeader("JPEG", size, notes.orientation(), false));
            }
        }
        return Optional.empty();
    }
}
