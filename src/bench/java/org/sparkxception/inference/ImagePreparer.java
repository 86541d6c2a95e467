package org.sparkxception.inference;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.sparkxception.engine.ScoringModel;
import org.sparkxception.image.ImageFault;
import org.sparkxception.image.ImageSize;
import org.sparkxception.metrics.StatisticsAccumulator;

/**
 * Takes the place of the product's class on the class path of a benchmark: prepares images in no time and reads no files. The notes about
 * images in work are written.
 */
public final class ImagePreparer implements AutoCloseable {
    private static final byte[] NO_PIXELS = {};

    private final NotedImages images;
    private final Queue<PipelineInput> submitted = new ArrayDeque<>();

    /** An image that is ready for the network. */
    sealed interface Prepared {
        PipelineInput image();
    }

    @SuppressWarnings("ArrayRecordComponent")
    public record Ready(PipelineInput image, ImageSize size, byte[] pixels) implements Prepared {}

    record Failed(PipelineInput image, ImageFault fault) implements Prepared {}

    public ImagePreparer(
            ScoringSettings settings, ScoringModel model, NotedImages images, StatisticsAccumulator statistics) {
        this.images = images;
    }

    public boolean hasMore() {
        return images.hasNext();
    }

    public PipelineInput submit() {
        PipelineInput image = images.next();
        submitted.add(image);
        return image;
    }

    public Prepared take() {
        PipelineInput image = submitted.remove();
        images.done(image);
        return new Ready(image, new ImageSize(500, 375), NO_PIXELS);
    }

    @Override
    public void close() {
        images.close(List.of());
    }
}
