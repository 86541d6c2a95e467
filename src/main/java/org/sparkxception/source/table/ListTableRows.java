package org.sparkxception.source.table;

import java.sql.Timestamp;
import java.util.Iterator;
import java.util.Optional;
import org.apache.commons.collections4.IteratorUtils;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Row;
import org.sparkxception.source.dataset.Columns;
import org.sparkxception.source.dataset.ImageRef;
import org.sparkxception.source.dataset.ImageRows;
import org.sparkxception.source.dataset.Place;
import org.sparkxception.storage.UriSecrets;

/** Converts the rows of a table to image references, on an executor. */
final class ListTableRows implements FlatMapFunction<Iterator<Row>, Row> {
    private static final long serialVersionUID = 1;

    static final String ID = "id";
    /** The hash of the content if the id is null or empty. */
    static final String HASH = "hash";

    static final String SIZE = "size";
    static final String TRUTH = "truth";

    /** Takes rows of {@link TableReader#location} with these columns, and {@link ImageRows#KEPT} if columns are kept. */
    @Override
    public Iterator<Row> call(Iterator<Row> rows) {
        TableBlock block = new TableBlock();
        return IteratorUtils.transformedIterator(rows, row -> ImageRows.row(image(row, block)));
    }

    private static ImageRef image(Row row, TableBlock block) {
        String encoded = row.getAs(TableReader.FILE);
        long start = row.<Long>getAs(TableReader.BLOCK_START);
        block.next(encoded, start);
        String file = Columns.path(encoded);
        Long size = row.getAs(SIZE);
        return ImageRef.file(
                        path(row, file + "#" + start + "-" + block.number()),
                        size == null ? 0 : size,
                        row.<Timestamp>getAs(TableReader.MODIFIED).toInstant())
                .withTruth(Optional.<String>ofNullable(row.getAs(TRUTH)).map(UriSecrets::hidden))
                .at(new Place.SplitRecord(file, start, block.number()))
                .withKept(ImageRows.kept(row));
    }

    private static String path(Row row, String position) {
        String id = row.getAs(ID);
        if (id != null && !id.isEmpty()) {
            return UriSecrets.hidden(id);
        }
        String hash = row.getAs(HASH);
        return hash == null ? position : "sha256:" + hash;
    }
}
