package org.sparkxception.inference;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.sql.Row;
import org.sparkxception.image.DecodedImage;
import org.sparkxception.image.ImageFault;
import org.sparkxception.image.decode.ImageDecoder;
import org.sparkxception.image.decode.Thumbnail;

/**
 * Makes small pictures of some images, in one task: rows with the picture as the outcome. An image that cannot be had or decoded has
 * none. They were scored before, so that none of them is one that ends a process.
 */
public final class Thumbnailer implements PartitionWork<Row> {
    private static final long serialVersionUID = 1;

    /** The longest side of a picture, in pixels. */
    static final int SIDE = 96;

    private final long maxPixels;

    /** @param maxPixels larger images have no picture */
    public Thumbnailer(long maxPixels) {
        this.maxPixels = maxPixels;
    }

    @Override
    public Iterator<Row> process(Iterator<? extends PipelineInput> images) {
        List<Row> rows = new ArrayList<>();
        ImageDecoder decoder = new ImageDecoder(maxPixels);
        while (images.hasNext()) {
            PipelineInput image = images.next();
            try (DecodedImage decoded = decoder.decode(image.read())) {
                rows.add(image.row(new Object[] {Thumbnail.jpeg(decoded, SIDE)}));
            } catch (ImageFault fault) {
                // What is shown of it says less; why it failed now is not what became of it in the run.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("making thumbnails was interrupted", e);
            }
        }
        return rows.iterator();
    }
}
