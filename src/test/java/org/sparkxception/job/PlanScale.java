package org.sparkxception.job;

import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.sparkxception.benchmark.MadeUpFileSystem;
import org.sparkxception.source.dataset.Listing;
import org.sparkxception.source.files.FilesSource;

/**
 * Plans made-up files, and then an update with a few more, and prints: files, seconds to list, to plan, seconds a million, seconds
 * of the update. Driver and executors are this one process.
 *
 * <p>Arguments: files, files a directory, files that the update adds, folder for the plan.
 */
final class PlanScale {
    private PlanScale() {}

    public static void main(String[] arguments) throws Exception {
        long files = Long.parseLong(arguments[0]);
        long aDirectory = Long.parseLong(arguments[1]);
        long more = Long.parseLong(arguments[2]);
        try (SparkSession spark = SparkSession.builder()
                .master("local[2]")
                .config("spark.ui.enabled", "false")
                .config("spark.driver.host", "localhost")
                .config("spark.hadoop.fs.madeup.impl", MadeUpFileSystem.class.getName())
                .config("spark.hadoop.fs.madeup.impl.disable.cache", "true")
                .getOrCreate()) {
            RunDirectory run = RunDirectory.open(
                    Path.of(arguments[3]).toUri().toString(),
                    spark.sparkContext().hadoopConfiguration());
            Planner planner = new Planner(
                    spark, run, new ChunkLimits(JobSettings.DEFAULT_CHUNK_IMAGES, JobSettings.DEFAULT_CHUNK_BYTES));
            long start = System.nanoTime();
            Plan plan = Plan.NONE;
            long listed;
            try (Listing listing = list(spark, files, aDirectory)) {
                listed = System.nanoTime();
                plan = added(run, plan, planner.plan(listing, plan, Mode.RESUME));
            }
            long planned = System.nanoTime();
            require(plan.images() == files, plan.images() + " images were planned");
            try (Listing listing = list(spark, files + more, aDirectory)) {
                plan = added(run, plan, planner.plan(listing, plan, Mode.UPDATE));
            }
            long updated = System.nanoTime();
            require(plan.images() == files + more, plan.images() + " images after the update");
            System.out.printf(
                    "%d %.1f %.1f %.1f %.1f%n",
                    files,
                    (listed - start) / 1e9,
                    (planned - listed) / 1e9,
                    (planned - start) / 1e3 / files,
                    (updated - planned) / 1e9);
        }
    }

    private static Listing list(SparkSession spark, long files, long aDirectory) {
        spark.sparkContext().hadoopConfiguration().setLong(MadeUpFileSystem.FILES, files);
        return new FilesSource(spark, List.of("madeup://x/" + aDirectory), List.of(), false).list();
    }

    private static Plan added(RunDirectory run, Plan plan, Generation generation) throws Exception {
        run.add(generation);
        return plan.with(generation);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException(otherwise);
        }
    }
}
