package org.sparkxception.image.header;

import com.drew.imaging.riff.RiffProcessingException;
import com.drew.imaging.riff.RiffReader;
import com.drew.lang.SequentialByteArrayReader;
import com.drew.metadata.Metadata;
import com.drew.metadata.webp.WebpDirectory;
import com.drew.metadata.webp.WebpRiffHandler;
import java.io.IOException;
import java.util.Optional;
import org.sparkxception.image.ImageHeader;
import org.sparkxception.image.ImageSize;

/** Reads the header of a WebP: its chunks with a size, EXIF and XMP. */
final class WebpProbe extends WebpRiffHandler {
    private final Metadata sizes;
    private final OrientationMetadata notes = new OrientationMetadata();

    private WebpProbe(Metadata sizes) {
        super(sizes);
        this.sizes = sizes;
    }

    /** Returns the header; empty if no chunk has a size. */
    static Optional<ImageHeader> probe(byte[] file) throws RiffProcessingException, IOException {
        WebpProbe probe = new WebpProbe(new Metadata());
        new RiffReader().processRiff(new SequentialByteArrayReader(file), probe);
        return probe.header();
    }

    @Override
    public boolean shouldAcceptChunk(String name) {
        return !name.equals(WebpDirectory.CHUNK_ICCP) && super.shouldAcceptChunk(name);
    }

    @Override
    public void processChunk(String name, byte[] data) {
        switch (name) {
            case WebpDirectory.CHUNK_EXIF -> notes.addExif(data);
            case WebpDirectory.CHUNK_XMP -> notes.addXmp(data);
            default -> super.processChunk(name, data);
        }
    }

    private Optional<ImageHeader> header() {
        for (WebpDirectory found : sizes.getDirectoriesOfType(WebpDirectory.class)) {
            Integer width = found.getInteger(WebpDirectory.TAG_IMAGE_WIDTH);
            Integer height = found.getInteger(WebpDirectory.TAG_IMAGE_HEIGHT);
            if (width != null && height != null) {
                return Optional.of(new ImageHeader("WebP", new ImageSize(width, height), notes.orientation(), false));
            }
        }
        return Optional.empty();
    }
}
