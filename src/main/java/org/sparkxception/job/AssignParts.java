package org.sparkxception.job;

import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparkxception.source.dataset.ImageRows;

/**
 * Splits one range of the sorted listing into parts: a part is closed when the next image would exceed its limits. Adjacent
 * duplicates of an image are dropped.
 */
final class AssignParts implements MapPartitionsFunction<Row, Row> {
    private static final long serialVersionUID = 1;

    /** Column with the number of the range. */
    static final String RANGE = "range";

    /** Column with the number of the part within the range. */
    static final String PART = "part";

    private static final int PATH = ImageRows.SCHEMA.fieldIndex(ImageRows.PATH);
    private static final int SIZE = ImageRows.SCHEMA.fieldIndex(ImageRows.SIZE);

    private final ChunkLimits limits;

    /** The columns of plan files, with these kept columns, which can be none. */
    static StructType schema(StructType kept) {
        return ImageRows.schema(kept).add(RANGE, DataTypes.IntegerType, false).add(PART, DataTypes.IntegerType, false);
    }

    AssignParts(ChunkLimits limits) {
        this.limits = limits;
    }

    @Override
    public Iterator<Row> call(Iterator<Row> images) {
        return new Assigned(images, limits, TaskContext.getPartitionId());
    }

    private static final class Assigned implements Iterator<Row> {
        private final Iterator<Row> images;
        private final ChunkLimits limits;
        private final int range;
        private Row next;
        private int part;
        private long count;
        private long bytes;

        Assigned(Iterator<Row> images, ChunkLimits limits, int range) {
            this.images = images;
            this.limits = limits;
            this.range = range;
            this.next = images.hasNext() ? images.next() : null;
        }

        @Override
        public boolean hasNext() {
            return next != null;
        }

        @Override
        public Row next() {
            if (next == null) {
                throw new NoSuchElementException();
            }
            Row image = next;
            next = null;
            while (next == null && images.hasNext()) {
                Row following = images.next();
                next = following.getString(PATH).equals(image.getString(PATH)) ? null : following;
            }
            long size = image.getLong(SIZE);
            if (count > 0 && (count == limits.images() || bytes + size > limits.bytes())) {
                part++;
                count = 0;
                bytes = 0;
            }
            count++;
            bytes += size;
            return numbered(image);
        }

        private Row numbered(Row image) {
            Object[] values = new Object[image.size() + 2];
            for (int i = 0; i < image.size(); i++) {
                values[i] = image.get(i);
            }
            values[image.size()] = range;
            values[image.size() + 1] = part;
            return RowFactory.create(values);
        }
    }
}
