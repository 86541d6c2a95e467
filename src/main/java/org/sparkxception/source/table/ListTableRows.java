package org.sparkxception.source.table;

import java.util.Iterator;
import java.util.Optional;
import org.apache.commons.collections4.IteratorUtils;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Row;
import org.sparkxception.source.dataset.Columns;
import org.sparkxception.source.dataset.ImageRef;
import org.sparkxception.source.dataset.ImageRows;
import org.sparkxception.storage.UriSecrets;

/** Converts the rows of a table to image references, on an executor. */
final class ListTableRows implements FlatMapFunction<Iterator<Row>, Row> {
    private static final long serialVersionUID = 1;

    /** Takes rows of id, hash of the content if the id is null or empty, size, truth, file, start of the block, and time of the file. */
    @Override
    public Iterator<Row> call(Iterator<Row> rows) {
        TableBlock block = new TableBlock();
        return IteratorUtils.transformedIterator(rows, row -> ImageRows.row(image(row, block)));
    }

    private static ImageRef image(Row row, TableBlock block) {
        String encoded = row.getString(4);
        long start = row.getLong(5);
        block.next(encoded, start);
        String file = Columns.path(encoded);
        return ImageRef.file(
                        path(row, file + "#" + start + "-" + block.number()),
                        row.isNullAt(2) ? 0 : row.getLong(2),
                        row.getTimestamp(6).toInstant())
                .withTruth(Optional.ofNullable(row.getString(3)).map(UriSecrets::hidden))
                .withRecord(file, start, block.number());
    }

    private static String path(Row row, String place) {
        if (!row.isNullAt(0) && !row.getString(0).isEmpty()) {
            return UriSecrets.hidden(row.getString(0));
        }
        return row.isNullAt(1) ? place : "sha256:" + row.getString(1);
    }
}
