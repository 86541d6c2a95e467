package org.sparkxception.source.table;

import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.sha2;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.source.dataset.Columns;
import org.sparkxception.source.dataset.ImageContent;
import org.sparkxception.source.dataset.ImageRef;
import org.sparkxception.source.dataset.ImageRows;
import org.sparkxception.source.dataset.ImageSource;
import org.sparkxception.source.dataset.Listing;
import org.sparkxception.source.dataset.SplitRequest;

/** Tables in files of any format that Spark reads, with the encoded images in a binary column. */
public final class TableSource implements ImageSource {
    private static final int CHECK_TASKS = 100;

    private final SparkSession session;
    private final JavaSparkContext spark;
    private final TableReader reader;
    private final List<String> inputs;
    private final String format;
    private final String idColumn;
    private final String contentColumn;
    private final Optional<String> truthColumn;
    private final long maxBytes;
    private final List<String> keepColumns;

    public TableSource(
            SparkSession session,
            List<String> inputs,
            String format,
            String idColumn,
            String contentColumn,
            Optional<String> truthColumn,
            long maxBytes,
            List<String> keepColumns) {
        this.session = session;
        this.spark = JavaSparkContext.fromSparkContext(session.sparkContext());
        this.reader = new TableReader(session, format);
        this.inputs = List.copyOf(inputs);
        this.format = format;
        this.idColumn = idColumn;
        this.contentColumn = contentColumn;
        this.truthColumn = truthColumn;
        this.maxBytes = maxBytes;
        this.keepColumns = List.copyOf(keepColumns);
    }

    @Override
    public Listing list() {
        String where = "the table " + String.join(", ", inputs);
        try {
            Dataset<Row> table = reader.table(inputs);
            Columns columns = new Columns(table.schema(), where);
            Column id = columns.text(idColumn, "id-column");
            Column content = columns.bytes(contentColumn, "content-column");
            List<Column> selected = new ArrayList<>(TableReader.location(table));
            selected.add(id.as(ListTableRows.ID));
            selected.add(
                    when(id.isNull().or(id.equalTo("")), sha2(content, 256)).as(ListTableRows.HASH));
            selected.add(length(content).cast(DataTypes.LongType).as(ListTableRows.SIZE));
            selected.add(columns.truth(truthColumn).as(ListTableRows.TRUTH));
            if (!keepColumns.isEmpty()) {
                selected.add(
                        struct(columns.kept(keepColumns).toArray(Column[]::new)).as(ImageRows.KEPT));
            }
            Dataset<Row> listed = table.select(selected.toArray(Column[]::new));
            JavaRDD<Row> rows =
                    listed.toJavaRDD().mapPartitions(new ListTableRows()).persist(StorageLevel.DISK_ONLY());
            long count = rows.count();
            StructType schema = ImageRows.schema(ImageRows.kept(listed.schema()));
            return new Listing(session.createDataFrame(rows, schema), count, 0, 0, true, List.of(rows));
        } catch (UserException e) {
            throw e;
        } catch (Exception e) { // Spark throws checked exceptions that it does not declare
            throw new UserException(
                    ExitCode.INPUT, "%s cannot be read as %s: %s".formatted(where, format, e.getMessage()), e);
        }
    }

    @Override
    public JavaRDD<ImageContent> read(List<ImageRef> images) {
        List<SplitRequest> blocks = SplitRequest.of(images);
        List<ImageContent> failed = spark.parallelize(blocks, Math.max(1, Math.min(blocks.size(), CHECK_TASKS)))
                .flatMap(new CheckTableFile(new SerializableConfiguration(spark.hadoopConfiguration()), maxBytes))
                .collect();
        Set<String> faulty =
                failed.stream().map(content -> content.image().path()).collect(Collectors.toSet());
        List<ImageRef> good =
                images.stream().filter(image -> !faulty.contains(image.path())).toList();
        JavaRDD<ImageContent> faults = spark.parallelize(failed, 1);
        return good.isEmpty() ? faults : faults.union(contents(good));
    }

    private JavaRDD<ImageContent> contents(List<ImageRef> images) {
        Map<String, SplitRequest> asked = new HashMap<>();
        for (SplitRequest block : SplitRequest.of(images)) {
            asked.put(
                    PickTableRows.key(
                            block.part().container().path(), block.part().start()),
                    block);
        }
        Set<String> files = images.stream().map(ImageRef::file).collect(Collectors.toSet());
        List<String> content = contentFields(files);
        Dataset<Row> table = reader.files(files, (StructType) nested(content));
        List<Column> selected = new ArrayList<>(TableReader.location(table));
        selected.add(Columns.nested(content).as(PickTableRows.CONTENT));
        return table.select(selected.toArray(Column[]::new))
                .toJavaRDD()
                .mapPartitions(new PickTableRows(spark.broadcast(asked)));
    }

    /** A name with a dot can be a field of a struct, which depends on the schema of the files. */
    private List<String> contentFields(Collection<String> files) {
        return contentColumn.contains(".")
                ? Columns.parts(reader.schema(files), contentColumn).orElseGet(() -> List.of(contentColumn))
                : List.of(contentColumn);
    }

    private static DataType nested(List<String> fields) {
        return fields.isEmpty()
                ? DataTypes.BinaryType
                : new StructType().add(fields.get(0), nested(fields.subList(1, fields.size())));
    }
}
