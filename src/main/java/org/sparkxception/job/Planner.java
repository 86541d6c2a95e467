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
import org.apache.spark.util.SerializableConfiguration;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.result.ResultSchema;
import org.sparkxception.source.ImageRef;
import org.sparkxception.source.ImageRows;
import org.sparkxception.source.Listing;
import org.sparkxception.source.Refresh;

/**
 * Writes plans: every image once, sorted by path, and split into chunks. The driver holds the chunks, never the images.
 *
 * <p>A plan's files are ORC, since nothing beside the results may be called *.parquet.
 */
final class Planner {
    private static final int CHUNKS_A_RANGE = 8;

    /** Join by sorting: a plan's files are small for what they hold, so that Spark would send all of it to everyone. */
    private static final String SORTED = "merge";

    /** The round that planned an image, by the directory that it is read from. */
    private static final Column GENERATION = regexp_extract(col("_metadata.file_path"), "/(\\d+)/[^/]+/[^/]+/[^/]+$", 1)
            .cast(DataTypes.IntegerType);

    private static final Column[] IDENTITY = {col(ImageRows.PATH), col(ImageRows.SIZE), col(ImageRows.MODIFIED)};

    private static final Column[] ORDER_BY_PLACE = {
        col(ImageRows.CONTAINER), col(ImageRows.START), col(ImageRows.RECORD)
    };
    private static final Column[] ORDER_BY_PATH = {
        col(ImageRows.PATH), col(ImageRows.CONTAINER), col(ImageRows.START), col(ImageRows.RECORD)
    };

    private final SparkSession spark;
    private final RunDirectory run;
    private final ChunkLimits limits;

    Planner(SparkSession spark, RunDirectory run, ChunkLimits limits) {
        this.spark = spark;
        this.run = run;
        this.limits = limits;
    }

    /**
     * Plans the images of a listing that no earlier round has planned, as they are now.
     *
     * @throws UserException (exit code 3) if the listing is empty
     */
    Generation plan(Listing listing, Plan before, Mode mode) {
        Dataset<Row> found = listing.images();
        long total = found.count();
        if (total == 0) {
            throw new UserException(
                    ExitCode.INPUT,
                    "the input holds no image: " + listing.excluded() + " files match no --include, and "
                            + listing.hidden() + " names are hidden (they begin with _ or .)");
        }
        long known = 0;
        if (!before.generations().isEmpty()) {
            known = found.join(identities(before), names(), "left_semi").count();
            found = found.join(identities(before), names(), "left_anti");
        }
        int ranges = (int) (1 + (total - known) / (CHUNKS_A_RANGE * limits.images()));
        int number = before.generations().size();
        write(
                inOrder(found, listing.scattered(), ranges)
                        .mapPartitions(new AssignChunks(limits), Encoders.row(AssignChunks.SCHEMA)),
                number);
        List<PlannedChunk> chunks = chunks(number, before.nextChunk(), images -> PlannedChunk.NONE, Map.of());
        long images = chunks.stream().mapToLong(PlannedChunk::images).sum();
        return new Generation(
                number, mode.label(), total - known - images, listing.hidden(), listing.excluded(), chunks);
    }

    /** How many images of a listing no round has planned as they are now. */
    long unplanned(Listing listing, Plan plan) {
        return listing.images().join(identities(plan), names(), "left_anti").count();
    }

    private Dataset<Row> identities(Plan plan) {
        return planned(plan).select(IDENTITY).hint(SORTED);
    }

    /** Chunks are cut from images that lie together: by path, which brings equal ones together too, or by place, each path once. */
    private static Dataset<Row> inOrder(Dataset<Row> found, boolean scattered, int ranges) {
        if (!scattered) {
            return found.repartitionByRange(ranges, col(ImageRows.PATH)).sortWithinPartitions(ORDER_BY_PATH);
        }
        return eachPathOnce(found, image -> min_by(image, struct(ORDER_BY_PLACE)))
                .repartitionByRange(ranges, ORDER_BY_PLACE)
                .sortWithinPartitions(ORDER_BY_PLACE);
    }

    /**
     * One of the images of each path.
     *
     * @param choice aggregates structs of an image's columns to one of them
     */
    private static Dataset<Row> eachPathOnce(Dataset<Row> images, UnaryOperator<Column> choice) {
        String[] names = ImageRows.SCHEMA.fieldNames();
        Column[] columns = Arrays.stream(names).map(functions::col).toArray(Column[]::new);
        return images.groupBy(ImageRows.PATH)
                .agg(choice.apply(struct(columns)).as("chosen"))
                .select(Arrays.stream(names).map(name -> col("chosen." + name)).toArray(Column[]::new));
    }

    /**
     * Plans to score again what could not be scored: for each chunk with such rows another one, which takes its place. Files are
     * planned as they are now. What failed in a state that an update has planned anew since is left as it is: its path has a row of
     * the later state.
     *
     * @param results rows of the results, with their chunks; all of them are whole
     */
    Generation planRetry(Dataset<Row> results, Plan before) {
        int number = before.generations().size();
        Dataset<Row> failed = results.filter(col(ResultSchema.STATUS).notEqual(ResultSchema.OK))
                .select(
                        col(ResultSchema.PATH),
                        col(ResultSchema.SIZE),
                        col(ResultSchema.MODIFIED),
                        col(ResultSchema.CHUNK).as(AssignChunks.PART));
        Dataset<Row> again = eachPathOnce(planned(before), image -> max_by(image, GENERATION))
                .hint(SORTED)
                .join(failed, names())
                .withColumn(AssignChunks.RANGE, lit(0))
                .select(Arrays.stream(AssignChunks.SCHEMA.fieldNames())
                        .map(functions::col)
                        .toArray(Column[]::new));
        write(
                again.map(
                        new Refresh(new SerializableConfiguration(
                                spark.sparkContext().hadoopConfiguration())),
                        Encoders.row(AssignChunks.SCHEMA)),
                number);
        Map<Integer, Long> rows =
                before.chunks().stream().collect(Collectors.toMap(PlannedChunk::number, PlannedChunk::rows));
        List<PlannedChunk> chunks = chunks(number, before.nextChunk(), part -> part, rows);
        return new Generation(number, Mode.RETRY_FAILED.label(), 0, 0, 0, chunks);
    }

    private static String[] names() {
        return Arrays.stream(IDENTITY).map(Column::toString).toArray(String[]::new);
    }

    private void write(Dataset<Row> images, int generation) {
        images.write()
                .mode(SaveMode.Overwrite)
                .partitionBy(AssignChunks.RANGE, AssignChunks.PART)
                .orc(run.planDirectory(generation));
    }

    /** The chunks that were written, counted from their files. */
    private List<PlannedChunk> chunks(
            int generation, int firstNumber, IntUnaryOperator replaced, Map<Integer, Long> rowsOfReplaced) {
        List<PlannedChunk> chunks = new ArrayList<>();
        for (Row row : read(generation)
                .groupBy(AssignChunks.RANGE, AssignChunks.PART)
                .agg(count("*"), sum(ImageRows.SIZE))
                .orderBy(AssignChunks.RANGE, AssignChunks.PART)
                .collectAsList()) {
            int part = row.getInt(1);
            long images = row.getLong(2);
            int replaces = replaced.applyAsInt(part);
            chunks.add(new PlannedChunk(
                    firstNumber + chunks.size(),
                    "%s=%d/%s=%d".formatted(AssignChunks.RANGE, row.getInt(0), AssignChunks.PART, part),
                    images,
                    row.getLong(3),
                    rowsOfReplaced.getOrDefault(replaces, images),
                    replaces));
        }
        return chunks;
    }

    private Dataset<Row> read(int generation) {
        return ResultFacts.reader(spark).schema(AssignChunks.SCHEMA).orc(run.planDirectory(generation));
    }

    /** The images of all rounds: one read, since an output may be updated daily for years. */
    private Dataset<Row> planned(Plan plan) {
        String[] directories = plan.generations().stream()
                .map(generation -> run.planDirectory(generation.number()))
                .toArray(String[]::new);
        return ResultFacts.reader(spark)
                .option("recursiveFileLookup", "true")
                .schema(ImageRows.SCHEMA)
                .orc(directories);
    }

    /** Some images of the whole plan: those whose names and directories have the smallest hashes, the same wherever the dataset lies. */
    List<ImageRef> sample(Plan plan, int count) {
        return Arrays.stream((Row[]) planned(plan)
                        .orderBy(xxhash64(substring_index(col(ImageRows.PATH), "/", -2)), col(ImageRows.PATH))
                        .limit(count)
                        .collect())
                .map(ImageRows::image)
                .toList();
    }

    /** The images of these paths; one that is planned again is there in each of its states. */
    List<ImageRef> find(Plan plan, List<String> paths) {
        return Arrays.stream((Row[]) planned(plan)
                        .filter(col(ImageRows.PATH).isInCollection(paths))
                        .dropDuplicates(names())
                        .collect())
                .map(ImageRows::image)
                .toList();
    }

    /** The images of one chunk of the written plan. */
    List<ImageRef> images(Plan plan, PlannedChunk chunk) {
        int generation = plan.generations().stream()
                .filter(round -> round.chunks().contains(chunk))
                .findFirst()
                .orElseThrow()
                .number();
        return Arrays.stream((Row[]) ResultFacts.reader(spark)
                        .schema(ImageRows.SCHEMA)
                        .orc(run.planDirectory(generation) + "/" + chunk.directory())
                        .collect())
                .map(ImageRows::image)
                .toList();
    }
}
