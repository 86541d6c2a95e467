package org.sparkxception.image.header;

import com.drew.imaging.ImageProcessingException;
import com.drew.imaging.png.PngChunk;
import com.drew.imaging.png.PngChunkReader;
import com.drew.imaging.png.PngChunkType;
import com.drew.lang.SequentialByteArrayReader;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.sparkxception.image.ImageHeader;
import org.sparkxception.image.ImageSize;
import org.sparkxception.image.Orientation;

/** Reads the header of a PNG: its first chunk, and EXIF and XMP in any chunk. */
final class PngProbe {
    private static final int SIZE = 16;
    private static final int DEPTH = 24;
    private static final int COLOR_TYPE = 25;
    private static final int FIRST_CHUNK_END = 33;
    private static final int GRAY = 0;

    private static final Set<PngChunkType> WANTED =
            Set.of(PngChunkType.IHDR, PngChunkType.eXIf, PngChunkType.iTXt, PngChunkType.zTXt, PngChunkType.tEXt);
    private static final byte[] XMP = "XML:com.adobe.xmp\0\0".getBytes(StandardCharsets.ISO_8859_1);
    /** ImageMagick stores EXIF in a text chunk: a line with the name, one with the length, and lines of hexadecimal digits. */
    private static final byte[] RAW_EXIF = "Raw profile type exif\0".getBytes(StandardCharsets.ISO_8859_1);

    /** Limit for inflated text, in bytes: covers the largest EXIF of a JPEG in hexadecimal; more can be a zip bomb. */
    private static final int MAX_INFLATED = 1 << 18;

    private PngProbe() {}

    /**
     * Returns the header; empty if the file ends within its first chunk.
     *
     * @throws EOFException if a chunk extends beyond the end of the file: OpenCV would allocate its length
     */
    static Optional<ImageHeader> probe(byte[] file) throws EOFException {
        if (file.length < FIRST_CHUNK_END) {
            return Optional.empty();
        }
        if (!PngChunks.fit(file)) {
            throw new EOFException("the PNG ends within a chunk: it is truncated or damaged");
        }
        ByteBuffer sides = ByteBuffer.wrap(file, SIZE, 2 * Integer.BYTES);
        return Optional.of(new ImageHeader(
                "PNG",
                new ImageSize(sides.getInt(), sides.getInt()),
                orientation(file),
                file[DEPTH] == Short.SIZE && file[COLOR_TYPE] == GRAY));
    }

    private static Orientation orientation(byte[] file) {
        OrientationMetadata notes = new OrientationMetadata();
        try {
            for (PngChunk chunk : new PngChunkReader().extract(new SequentialByteArrayReader(file), WANTED)) {
                byte[] data = chunk.getBytes();
                if (chunk.getType().equals(PngChunkType.eXIf)) {
                    notes.addExif(data);
                } else if (OrientationMetadata.startsWith(data, XMP)) {
                    notes.addXmp(data);
                } else if (OrientationMetadata.startsWith(data, RAW_EXIF)) {
                    boolean compressed = chunk.getType().equals(PngChunkType.zTXt);
                    notes.addExif(rawProfile(
                            compressed
                                    ? inflated(data, RAW_EXIF.length + 1)
                                    : Arrays.copyOfRange(data, RAW_EXIF.length, data.length)));
                }
            }
        } catch (ImageProcessingException | IOException | DataFormatException | IllegalArgumentException e) {
            // Damaged metadata does not invalidate the image; the decoder checks the rest of the file.
            return notes.orientation();
        }
        return notes.orientation();
    }

    private static byte[] rawProfile(byte[] text) {
        String[] lines = new String(text, StandardCharsets.ISO_8859_1).strip().split("\\s+", 3);
        return HexFormat.of().parseHex(lines.length < 3 ? "" : lines[2].replaceAll("\\s", ""));
    }

    private static byte[] inflated(byte[] data, int start) throws DataFormatException {
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(data, Math.min(start, data.length), Math.max(0, data.length - start));
            byte[] text = new byte[MAX_INFLATED];
            return Arrays.copyOf(text, inflater.inflate(text));
        } finally {
            inflater.end();
        }
    }
}
