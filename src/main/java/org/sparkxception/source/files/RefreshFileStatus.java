package org.sparkxception.source.files;

import java.io.IOException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkxception.source.dataset.ImageRef;
import org.sparkxception.source.dataset.ImageRows;
import org.sparkxception.storage.FileSystems;
import org.sparkxception.storage.S3Keys;

/** Updates the size and modification time of planned images from storage. Images whose file cannot be accessed are unchanged. */
public final class RefreshFileStatus implements MapFunction<Row, Row> {
    private static final long serialVersionUID = 1;

    private final SerializableConfiguration configuration;

    public RefreshFileStatus(SerializableConfiguration configuration) {
        this.configuration = configuration;
    }

    /** Updates a row of {@link ImageRows}. Further columns are copied unchanged. */
    @Override
    public Row call(Row row) {
        ImageRef image = ImageRows.image(row);
        if (!image.isWholeFile()) {
            return row;
        }
        Row now = ImageRows.row(refreshed(image));
        Object[] values = new Object[row.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = i < now.size() ? now.get(i) : row.get(i);
        }
        return RowFactory.create(values);
    }

    private ImageRef refreshed(ImageRef image) {
        try {
            Path path = new Path(image.path());
            FileSystem storage = FileSystems.of(path, configuration.value());
            FileStatus now = FileSystems.isPath(image.path())
                    ? storage.getFileStatus(path)
                    : S3Keys.status(storage, image.path());
            return ListDirectory.image(image.path(), now, false)
                    .withTruth(image.truth())
                    .withKept(image.kept());
        } catch (IOException | IllegalArgumentException e) {
            return image;
        }
    }
}
