package org.sparkxception.job;

import java.util.Arrays;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.source.ImageRef;
import org.sparkxception.source.Listing;
import scala.Tuple2;

/** Writes the plan of a run: every image once, sorted by path, and split into chunks. The driver never holds the images. */
final class Planner {
    private static final int CHUNKS_A_RANGE = 8;

    private final SparkSession spark;
    private final ChunkLimits limits;

    Planner(SparkSession spark, ChunkLimits limits) {
        this.spark = spark;
        this.limits = limits;
    }

    /**
     * Writes the plan of these images.
     *
     * @throws UserException (exit code 3) if there is none
     */
    PlanTotals write(Listing listing, String directory) {
        JavaRDD<ImageRef> found = listing.images();
        long count = found.count();
        if (count == 0) {
            throw new UserException(
                    ExitCode.INPUT,
                    "the input holds no image: " + listing.excluded() + " files match no --include, and "
                            + listing.hidden() + " names are hidden (they begin with _ or .)");
        }
        int ranges = (int) (1 + count / (CHUNKS_A_RANGE * limits.images()));
        JavaRDD<ImageRef> sorted = found.mapToPair(image -> new Tuple2<>(image.path(), image))
                .reduceByKey((first, second) -> first)
                .sortByKey(true, ranges)
                .values()
                .persist(StorageLevel.DISK_ONLY());
        try {
            int[] none = new int[sorted.getNumPartitions()];
            List<RangeTotals> totals = sorted.mapPartitionsWithIndex(new AssignChunks(limits, none), true)
                    .mapPartitions(RangeTotals::of, true)
                    .collect();
            RangeTotals all = totals.stream().reduce(RangeTotals.NONE, RangeTotals::plus);
            JavaRDD<Row> rows = sorted.mapPartitionsWithIndex(new AssignChunks(limits, firstChunks(totals)), true)
                    .map(PlanRows::row);
            spark.createDataFrame(rows, PlanRows.SCHEMA)
                    .write()
                    .mode(SaveMode.Overwrite)
                    .partitionBy(PlanRows.CHUNK)
                    .orc(directory);
            return new PlanTotals(
                    all.images(),
                    all.bytes(),
                    all.chunks(),
                    count - all.images(),
                    listing.hidden(),
                    listing.excluded());
        } finally {
            sorted.unpersist(false);
        }
    }

    private static int[] firstChunks(List<RangeTotals> totals) {
        int[] first = new int[totals.size()];
        for (int i = 1; i < first.length; i++) {
            first[i] = first[i - 1] + totals.get(i - 1).chunks();
        }
        return first;
    }

    /** The images of one chunk of a written plan. */
    static List<ImageRef> read(SparkSession spark, String directory, int chunk) {
        return Arrays.stream((Row[]) spark.read()
                        .schema(PlanRows.SCHEMA)
                        .orc(directory + "/" + PlanRows.CHUNK + "=" + chunk)
                        .collect())
                .map(PlanRows::image)
                .toList();
    }
}
