package org.sparkxception.job;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkxception.inference.ImagePartition;
import org.sparkxception.inference.ScorePartition;
import org.sparkxception.source.ImageRef;

/** Scores chunks: each is one Spark job with an output directory of its own. Two run at once, so that no core idles at a tail. */
final class ChunkScorer {
    private static final Logger LOG = LoggerFactory.getLogger(ChunkScorer.class);
    private static final int CHUNKS_AT_ONCE = 2;

    private final SparkSession spark;
    private final JavaSparkContext context;
    private final RunDirectory run;
    private final ScorePartition score;
    private final StructType schema;
    private final int batchSize;

    ChunkScorer(SparkSession spark, RunDirectory run, ScorePartition score, StructType schema, int batchSize) {
        this.spark = spark;
        this.context = JavaSparkContext.fromSparkContext(spark.sparkContext());
        this.run = run;
        this.score = score;
        this.schema = schema;
        this.batchSize = batchSize;
    }

    /** Scores these chunks; at the first that fails it ends with its exception. */
    void score(List<Integer> chunks) throws InterruptedException {
        ExecutorService pool = Executors.newFixedThreadPool(CHUNKS_AT_ONCE);
        try {
            List<Future<?>> jobs = new ArrayList<>();
            for (int chunk : chunks) {
                jobs.add(pool.submit(() -> {
                    score(chunk);
                    return null;
                }));
            }
            for (Future<?> job : jobs) {
                job.get();
            }
        } catch (ExecutionException e) {
            throw new ChunkFailedException(e.getCause());
        } finally {
            pool.shutdownNow();
        }
    }

    private void score(int chunk) throws IOException {
        long start = System.nanoTime();
        List<ImageRef> images = Planner.read(spark, run.planDirectory(), chunk);
        int slots = Math.max(
                1, context.defaultParallelism() / spark.sparkContext().conf().getInt("spark.task.cpus", 1));
        List<ImagePartition> partitions = PartitionPacker.pack(images, slots, batchSize);
        String directory = run.emptyChunk(chunk);
        context.setJobDescription("chunk " + chunk + ": score " + images.size() + " images");
        JavaRDD<Row> rows = context.parallelize(partitions, partitions.size()).flatMap(score);
        spark.createDataFrame(rows, schema)
                .write()
                .option("compression", "zstd")
                .parquet(directory);
        LOG.info(
                "chunk {} done: {} images in {} partitions, {} s",
                chunk,
                images.size(),
                partitions.size(),
                (System.nanoTime() - start) / 1_000_000_000);
    }
}
