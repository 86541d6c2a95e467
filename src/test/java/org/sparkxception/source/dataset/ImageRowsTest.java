package org.sparkxception.source.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.GenericRowWithSchema;
import org.junit.jupiter.api.Test;

class ImageRowsTest {
    private static final Instant THEN = Instant.parse("2026-01-02T03:04:05.006Z");

    @Test
    void aWholeFileHasNoColumnsOfAPlace() {
        ImageRef image = ImageRef.file("file:/a.png", 17, THEN)
                .withTruth(Optional.of("cat"))
                .withVersion(Optional.of("etag"));

        Row row = ImageRows.row(image);

        assertThat(row).isEqualTo(row("file:/a.png", 17L, Timestamp.from(THEN), "cat", "etag", null, null, null, null));
        assertThat(ImageRows.image(withNames(row))).usingRecursiveComparison().isEqualTo(image);
    }

    @Test
    void aRangeHasItsFileAndOffset() {
        ImageRef image = ImageRef.file("file:/x.tar/a.png", 17, THEN).at(new Place.FileRange("file:/x.tar", 512));

        Row row = ImageRows.row(image);

        assertThat(row)
                .isEqualTo(row(
                        "file:/x.tar/a.png", 17L, Timestamp.from(THEN), null, null, "file:/x.tar", 512L, null, null));
        assertThat(ImageRows.image(withNames(row))).usingRecursiveComparison().isEqualTo(image);
    }

    @Test
    void aRecordHasItsFileSplitAndNumber() {
        ImageRef image = ImageRef.file("file:/x.seq/a", 17, THEN).at(new Place.SplitRecord("file:/x.seq", 2000, 3));

        Row row = ImageRows.row(image);

        assertThat(row)
                .isEqualTo(row("file:/x.seq/a", 17L, Timestamp.from(THEN), null, null, "file:/x.seq", 2000L, 3L, null));
        assertThat(ImageRows.image(withNames(row))).usingRecursiveComparison().isEqualTo(image);
    }

    @Test
    void aFileThatWasNotFoundHasNeitherSizeNorTime() {
        ImageRef image = ImageRef.missing("file:/gone.png");

        Row row = ImageRows.row(image);

        assertThat(row)
                .isEqualTo(
                        row("file:/gone.png", 0L, Timestamp.from(Instant.EPOCH), null, null, null, null, null, null));
        assertThat(ImageRows.image(withNames(row))).usingRecursiveComparison().isEqualTo(image);
    }

    @Test
    void anEmptyFileWasFound() {
        ImageRef image = ImageRef.file("file:/empty.png", 0, THEN);

        assertThat(ImageRows.image(withNames(ImageRows.row(image))).wasFound()).isTrue();
    }

    @Test
    void anEntryThatIsNotAFileHasItsReason() {
        ImageRef image = ImageRef.absent("nofs://x/y.png", Absence.NO_NAME).withTruth(Optional.of("cat"));

        Row row = ImageRows.row(image);

        assertThat(row)
                .isEqualTo(row(
                        "nofs://x/y.png", 0L, Timestamp.from(Instant.EPOCH), "cat", null, null, null, null, "NO_NAME"));
        assertThat(ImageRows.image(withNames(row))).usingRecursiveComparison().isEqualTo(image);
    }

    private static Row row(Object... values) {
        return org.apache.spark.sql.RowFactory.create(values);
    }

    private static Row withNames(Row row) {
        Object[] values = new Object[row.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = row.get(i);
        }
        return new GenericRowWithSchema(values, ImageRows.SCHEMA);
    }
}
