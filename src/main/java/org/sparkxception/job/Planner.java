package org.sparkxception.job;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.min_by;
import static org.apache.spark.sql.functions.regexp_extract;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.substring_index;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.result.ResultSchema;
import org.sparkxception.source.dataset.ImageRef;
import org.sparkxception.source.dataset.ImageRows;
import org.sparkxception.source.dataset.Listing;
import org.sparkxception.source.files.RefreshFileStatus;

/**
 * Writes plans: every image once, sorted by path or location, and split into parts. The driver holds the parts, never the images.
 *
 * <p>Plan files are ORC, because only results may be named *.parquet.
 */
final class Planner {
    private static final int CHUNKS_PER_RANGE = 8;

    private static final String IMAGES = "images";
    private static final String BYTES = "bytes";

    /** Sort-merge join: plan files are small for the data they contain, so Spark would choose a broadcast join. */
    private static final String SORTED = "merge";

    /** The planning round of an image, taken from the directory that it is read from. */
    private static final Column GENERATION =
            regexp_extract(col("_metadata.file_path"), ".*/plan/(\\d+)/", 1).cast(DataTypes.IntegerType);

    private static final Column[] IDENTITY = {col(ImageRows.PATH), col(ImageRows.SIZE), col(ImageRows.MODIFIED)};

    private static final Column[] ORDER_BY_PLACE = {
        col(ImageRows.CONTAINER), col(ImageRows.START), col(ImageRows.RECORD)
    };
    private static final Column[] ORDER_BY_PATH = {
        col(ImageRows.PATH), col(ImageRows.CONTAINER), col(ImageRows.START), col(ImageRows.RECORD)
    };

    private final SparkSession spark;
    private final RunDirectory directory;
    private final ChunkLimits limits;

    Planner(SparkSession spark, RunDirectory directory, ChunkLimits limits) {
        this.spark = spark;
        this.directory = directory;
        this.limits = limits;
    }

    /**
     * Plans the images of a listing whose current state (path, size and time) no earlier round has planned.
     *
     * @throws UserException (exit code 3) if the listing is empty; (5) if earlier rounds keep other columns of the dataset
     */
    Generation plan(Listing listing, Plan before, Mode mode) {
        Dataset<Row> found = listing.images();
        if (listing.count() == 0) {
            throw new UserException(
                    ExitCode.INPUT,
                    "the input contains no images: " + listing.excluded() + " files match no `include`, and "
                            + listing.hidden() + " names are hidden (they start with _ or .)");
        }
        StructType kept = ImageRows.kept(found.schema());
        long known = 0;
        if (!before.generations().isEmpty()) {
            requireSame(kept, before.kept());
            known = found.join(identities(before), names(), "left_semi").count();
            found = found.join(identities(before), names(), "left_anti");
        }
        long unplanned = listing.count() - known;
        int ranges = (int) (1 + unplanned / (CHUNKS_PER_RANGE * limits.images()));
        int number = before.generations().size();
        write(
                inOrder(found, listing.orderByLocation(), ranges)
                        .mapPartitions(
                                new AssignParts(limits.ofParts(unplanned)), Encoders.row(AssignParts.schema(kept))),
                number);
        List<PlanPart> parts = parts(number, before.nextPart(), part -> PlanPart.NONE, Map.of());
        long images = parts.stream().mapToLong(PlanPart::images).sum();
        return Generation.of(number, mode, unplanned - images, listing.hidden(), listing.excluded(), parts, kept);
    }

    private void requireSame(StructType kept, StructType before) {
        if (!kept.equals(before)) {
            throw new UserException(
                    ExitCode.OTHER_RUN,
                    "the output %s keeps %s of its dataset, but this run keeps %s: use the `keep-columns` of the output, or choose"
                                    .formatted(directory.root(), inWords(before), inWords(kept))
                            + " another `output`");
        }
    }

    private static String inWords(StructType kept) {
        return kept.isEmpty() ? "no columns" : kept.toDDL();
    }

    /** Number of images of a listing whose current state no round has planned. */
    long unplanned(Listing listing, Plan plan) {
        return listing.images().join(identities(plan), names(), "left_anti").count();
    }

    private Dataset<Row> identities(Plan plan) {
        return planned(plan).select(IDENTITY).hint(SORTED);
    }

    /** Sorts the images for chunking: by path, which also makes duplicates adjacent, or by location, with each path once. */
    private static Dataset<Row> inOrder(Dataset<Row> found, boolean orderByLocation, int ranges) {
        if (!orderByLocation) {
            return found.repartitionByRange(ranges, col(ImageRows.PATH)).sortWithinPartitions(ORDER_BY_PATH);
        }
        return eachPathOnce(found, image -> min_by(image, struct(ORDER_BY_PLACE)))
                .repartitionByRange(ranges, ORDER_BY_PLACE)
                .sortWithinPartitions(ORDER_BY_PLACE);
    }

    /**
     * Keeps one image per path.
     *
     * @param choice aggregate function that selects one of the structs of an image's columns
     */
    private static Dataset<Row> eachPathOnce(Dataset<Row> images, UnaryOperator<Column> choice) {
        String[] names = images.columns();
        Column[] columns = Arrays.stream(names).map(functions::col).toArray(Column[]::new);
        return images.groupBy(ImageRows.PATH)
                .agg(choice.apply(struct(columns)).as("chosen"))
                .select(Arrays.stream(names).map(name -> col("chosen." + name)).toArray(Column[]::new));
    }

    /**
     * Plans to score failed images again: each chunk with failed rows is replaced by a new chunk. Files are planned in their current
     * state. A failure is skipped if a later update planned a newer state of the same path, because that state has its own row.
     *
     * @param results rows of the results, with their chunks; all chunks are complete
     */
    Generation planRetry(Dataset<Row> results, Plan before) {
        int number = before.generations().size();
        StructType schema = AssignParts.schema(before.kept());
        Dataset<Row> failed = results.filter(col(ResultSchema.STATUS).notEqual(ResultSchema.OK))
                .select(
                        col(ResultSchema.PATH),
                        col(ResultSchema.SIZE),
                        col(ResultSchema.MODIFIED),
                        col(ResultSchema.CHUNK).as(AssignParts.PART));
        Dataset<Row> again = eachPathOnce(planned(before, before.kept()), image -> max_by(image, GENERATION))
                .hint(SORTED)
                .join(failed, names())
                .withColumn(AssignParts.RANGE, lit(0))
                .select(Arrays.stream(schema.fieldNames()).map(functions::col).toArray(Column[]::new));
        write(
                again.map(
                        new RefreshFileStatus(new SerializableConfiguration(
                                spark.sparkContext().hadoopConfiguration())),
                        Encoders.row(schema)),
                number);
        Map<Integer, Long> rows = before.chunks().stream().collect(Collectors.toMap(Chunk::number, Chunk::rows));
        List<PlanPart> parts = parts(number, before.nextPart(), part -> part, rows);
        return Generation.of(number, Mode.RETRY_FAILED, 0, 0, 0, parts, before.kept());
    }

    private static String[] names() {
        return Arrays.stream(IDENTITY).map(Column::toString).toArray(String[]::new);
    }

    private void write(Dataset<Row> images, int generation) {
        images.write().mode(SaveMode.Overwrite).partitionBy(AssignParts.RANGE).orc(directory.planDirectory(generation));
    }

    /** The parts that were written, counted from the plan files. */
    private List<PlanPart> parts(
            int generation, int firstNumber, IntUnaryOperator replaced, Map<Integer, Long> rowsOfReplaced) {
        List<Row> rows = new ArrayList<>(read(generation)
                .groupBy(AssignParts.RANGE, AssignParts.PART)
                .agg(count("*").as(IMAGES), sum(ImageRows.SIZE).as(BYTES))
                .collectAsList());
        rows.sort(Comparator.<Row>comparingInt(row -> row.getAs(AssignParts.RANGE))
                .thenComparingInt(row -> row.getAs(AssignParts.PART)));
        List<PlanPart> parts = new ArrayList<>();
        for (Row row : rows) {
            int range = row.getAs(AssignParts.RANGE);
            int part = row.getAs(AssignParts.PART);
            long images = row.getAs(IMAGES);
            int replaces = replaced.applyAsInt(part);
            parts.add(new PlanPart(
                    firstNumber + parts.size(),
                    AssignParts.RANGE + "=" + range,
                    part,
                    images,
                    row.getAs(BYTES),
                    rowsOfReplaced.getOrDefault(replaces, images),
                    replaces));
        }
        return parts;
    }

    private Dataset<Row> read(int generation) {
        return OutputReader.of(spark)
                .schema(AssignParts.schema(new StructType()))
                .orc(directory.planDirectory(generation));
    }

    /** The images of all rounds, in one read: an output can have years of daily updates. */
    private Dataset<Row> planned(Plan plan) {
        return planned(plan, new StructType());
    }

    private Dataset<Row> planned(Plan plan, StructType kept) {
        String[] directories = plan.generations().stream()
                .map(generation -> directory.planDirectory(generation.number()))
                .toArray(String[]::new);
        return OutputReader.of(spark)
                .option("recursiveFileLookup", "true")
                .schema(ImageRows.schema(kept))
                .orc(directories);
    }

    /** A sample of all planned images: those whose file and directory names have the smallest hashes, independent of the dataset's root. */
    List<ImageRef> sample(Plan plan, int count) {
        return Arrays.stream((Row[]) planned(plan)
                        .orderBy(xxhash64(substring_index(col(ImageRows.PATH), "/", -2)), col(ImageRows.PATH))
                        .limit(count)
                        .collect())
                .map(ImageRows::image)
                .toList();
    }

    /** The images with these paths; one that was planned again is returned in each of its states. */
    List<ImageRef> find(Plan plan, List<String> paths) {
        Map<List<Object>, ImageRef> states = new LinkedHashMap<>();
        for (Row row :
                planned(plan).filter(col(ImageRows.PATH).isInCollection(paths)).collectAsList()) {
            ImageRef image = ImageRows.image(row);
            states.putIfAbsent(List.of(image.path(), image.size(), image.modified()), image);
        }
        return List.copyOf(states.values());
    }

    /** The images of one chunk, read from the plan. */
    List<ImageRef> images(Plan plan, Chunk chunk) {
        Dataset<Row> planned = OutputReader.of(spark)
                .schema(ImageRows.schema(plan.kept()).add(AssignParts.PART, DataTypes.IntegerType))
                .orc(directory.planDirectory(plan.generation(chunk).number()) + "/"
                        + chunk.first().directory());
        if (chunk.first().part() != null) {
            planned = planned.filter(col(AssignParts.PART)
                    .between(chunk.first().part(), chunk.last().part()));
        }
        return Arrays.stream((Row[]) planned.collect()).map(ImageRows::image).toList();
    }
}
