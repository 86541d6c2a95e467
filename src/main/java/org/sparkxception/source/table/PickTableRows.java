package org.sparkxception.source.table;

import java.sql.Timestamp;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.sparkxception.image.ImageFault;
import org.sparkxception.image.ImageStatus;
import org.sparkxception.source.dataset.Columns;
import org.sparkxception.source.dataset.ImageContent;
import org.sparkxception.source.dataset.ImageRef;
import org.sparkxception.source.dataset.SplitRequest;
import org.sparkxception.source.fetch.FileFetcher;

/** Extracts the requested images from the rows of a table's files, on an executor. */
final class PickTableRows implements FlatMapFunction<Iterator<Row>, ImageContent> {
    private static final long serialVersionUID = 1;

    static final String CONTENT = "content";

    private final Broadcast<Map<String, SplitRequest>> asked;

    PickTableRows(Broadcast<Map<String, SplitRequest>> asked) {
        this.asked = asked;
    }

    /** The key of a block in the map of requested blocks. */
    static String key(String file, long start) {
        return start + " " + file;
    }

    /** Takes rows of {@link TableReader#location} with the {@link #CONTENT}. */
    @Override
    public Iterator<ImageContent> call(Iterator<Row> rows) {
        return new Picked(rows, asked.value());
    }

    private static final class Picked implements Iterator<ImageContent> {
        private final Iterator<Row> rows;
        private final Map<String, SplitRequest> asked;
        private final TableBlock block = new TableBlock();
        private final Map<Long, ImageRef> left = new HashMap<>();
        private final Deque<ImageContent> ready = new ArrayDeque<>();

        Picked(Iterator<Row> rows, Map<String, SplitRequest> asked) {
            this.rows = rows;
            this.asked = asked;
        }

        @Override
        public boolean hasNext() {
            while (ready.isEmpty() && rows.hasNext()) {
                take(rows.next());
            }
            if (ready.isEmpty()) {
                giveUpLeft();
            }
            return !ready.isEmpty();
        }

        @Override
        public ImageContent next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return ready.remove();
        }

        private void take(Row row) {
            String encoded = row.getAs(TableReader.FILE);
            long start = row.<Long>getAs(TableReader.BLOCK_START);
            if (block.next(encoded, start)) {
                giveUpLeft();
                SplitRequest part = asked.get(key(Columns.path(encoded), start));
                List<ImageRef> images = part == null ? List.of() : part.images();
                images.forEach(image -> left.put(SplitRequest.number(image), image));
            }
            ImageRef image = left.remove(block.number());
            if (image != null) {
                ready.add(content(image, row));
            }
        }

        private static ImageContent content(ImageRef image, Row row) {
            if (!row.<Timestamp>getAs(TableReader.MODIFIED).toInstant().equals(image.modified())) {
                return changed(image);
            }
            byte[] content = row.getAs(CONTENT);
            return content == null
                    ? ImageContent.failed(image, new ImageFault(ImageStatus.MISSING, "the content of the row is null"))
                    : ImageContent.of(image, content);
        }

        /** Reports the images that were not found: their block has fewer rows than when it was planned. */
        private void giveUpLeft() {
            left.values().forEach(image -> ready.add(changed(image)));
            left.clear();
        }

        private static ImageContent changed(ImageRef image) {
            return ImageContent.failed(image, FileFetcher.changed());
        }
    }
}
