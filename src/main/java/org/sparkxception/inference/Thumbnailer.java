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
 * Creates thumbnails of images that were scored before, in one task: rows with the thumbnail as the outcome. There is no row for an
 * image that cannot be read or decoded. Decodes in the executor's process: none of these images crashed it when it was scored.
 */
public final class Thumbnailer implements PartitionWork<Row> {
    private static final long serialVersionUID = 1;

    /** The maximum side of a thumbnail, in pixels. */
    static final int SIDE = 96;

    private final long maxPixels;

    /**
     * Makes thumbnails of images up to a size.
     *
     * @param maxPixels larger images get no thumbnail
     */
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
                // The report shows the image without a thumbnail; this error is not its status in the run.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("making thumbnails was interrupted", e);
            }
        }
        return rows.iterator();
    }
}
