package org.sparkxception.inference;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkxception.image.DecodedImage;
import org.sparkxception.image.Decoder;
import org.sparkxception.image.ImageFault;
import org.sparkxception.image.IsolatedDecoder;
import org.sparkxception.image.Thumbnail;

/**
 * Makes small pictures of some images, in one task: rows with the picture as the outcome. An image that cannot be had or decoded has
 * none. Images are decoded in a process of their own, so that none ends the run that it was scored in.
 */
public final class Thumbnailer implements PartitionWork<Row> {
    private static final long serialVersionUID = 1;

    /** The longest side of a picture, in pixels. */
    static final int SIDE = 96;

    private static final Duration MAX_DECODING = Duration.ofSeconds(30);

    private final ScoringSettings settings;
    private final SerializableConfiguration storage;

    public Thumbnailer(ScoringSettings settings, SerializableConfiguration storage) {
        this.settings = settings;
        this.storage = storage;
    }

    @Override
    public Configuration storage() {
        return storage.value();
    }

    @Override
    public long maxBytes() {
        return settings.maxBytes();
    }

    @Override
    public Iterator<Row> of(Iterator<? extends PipelineInput> images) {
        List<Row> rows = new ArrayList<>();
        try (Decoder decoder = new IsolatedDecoder(settings.maxPixels(), MAX_DECODING)) {
            while (images.hasNext()) {
                PipelineInput image = images.next();
                try (DecodedImage decoded = decoder.decode(image.read())) {
                    rows.add(image.row(new Object[] {Thumbnail.jpeg(decoded, SIDE)}));
                } catch (ImageFault fault) {
                    // What is shown of it says less; why it failed now is not what became of it in the run.
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("making thumbnails was interrupted", e);
        }
        return rows.iterator();
    }
}
