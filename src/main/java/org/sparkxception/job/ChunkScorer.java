package org.sparkxception.job;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkxception.inference.DecodingNotes;
import org.sparkxception.inference.Scorer;
import org.sparkxception.result.ResultSchema;
import org.sparkxception.source.dataset.ImageRef;

/** Scores chunks: each is one Spark job with its own output directory. Two run at once, so that no core idles at the end of a chunk. */
final class ChunkScorer {
    private static final Logger LOG = LoggerFactory.getLogger(ChunkScorer.class);
    private static final int CHUNKS_AT_ONCE = 2;

    private final SparkSession spark;
    private final JavaSparkContext context;
    private final Run run;
    private final Scorer scorer;
    private final StructType schema;
    /** Spark job tag of all chunks. */
    private final String tag = "spark-xception-" + UUID.randomUUID();

    ChunkScorer(Run run, Scorer scorer) {
        this.spark = run.spark();
        this.context = run.context();
        this.run = run;
        this.scorer = scorer;
        this.schema = ResultSchema.schema(
                run.classScores().labelsOfAll(run.model().labels()), run.model().fingerprint());
    }

    /** Scores chunks. On the first failure, it waits until nothing is written to the output any more, and throws. */
    void score(List<PlannedChunk> chunks) throws InterruptedException {
        ExecutorService pool = Executors.newFixedThreadPool(CHUNKS_AT_ONCE);
        List<Future<Integer>> all = new ArrayList<>();
        try {
            ExecutorCompletionService<Integer> jobs = new ExecutorCompletionService<>(pool);
            for (PlannedChunk chunk : chunks) {
                all.add(jobs.submit(() -> {
                    score(chunk);
                    return chunk.number();
                }));
            }
            for (int i = 0; i < chunks.size(); i++) {
                jobs.take().get();
            }
        } catch (ExecutionException e) {
            throw new TaskFailedException(e.getCause());
        } finally {
            // A chunk that is being committed is allowed to finish.
            all.forEach(chunk -> chunk.cancel(false));
            pool.shutdown();
            end(pool);
        }
    }

    private void end(ExecutorService pool) {
        boolean interrupted = Thread.interrupted();
        while (!pool.isTerminated()) {
            spark.sparkContext().cancelJobsWithTag(tag);
            try {
                pool.awaitTermination(1, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void score(PlannedChunk chunk) throws IOException {
        long start = System.nanoTime();
        spark.sparkContext().addJobTag(tag);
        List<ImageRef> images = run.images(chunk);
        DecodingNotes notes = DecodingNotes.in(
                run.directory().decodingNotes("%05d".formatted(chunk.number())),
                new SerializableConfiguration(context.hadoopConfiguration()));
        context.setJobDescription("chunk " + chunk.number() + ": score " + images.size() + " images");
        rows(chunk, images, scorer.with(notes))
                .write()
                // Deletes the files of an interrupted attempt. Object stores can list its folders for a while longer.
                .mode(SaveMode.Overwrite)
                .option("compression", "zstd")
                // The files of a task become visible only when the chunk is committed.
                .option("mapreduce.fileoutputcommitter.algorithm.version", "1")
                .parquet(run.directory().chunkDirectory(chunk.number()));
        notes.delete();
        LOG.info(
                "chunk {} done: {} images{}, {} s",
                chunk.number(),
                images.size(),
                notes.suspects() == 0
                        ? ""
                        : ", %d of them decoded in separate processes because an earlier process died"
                                .formatted(notes.suspects()),
                (System.nanoTime() - start) / 1_000_000_000);
    }

    private Dataset<Row> rows(PlannedChunk chunk, List<ImageRef> images, Scorer how) {
        Dataset<Row> rows = spark.createDataFrame(new ImageTasks(run).balanced(images, how), schema);
        if (!chunk.isReplacement()) {
            return rows;
        }
        Dataset<Row> scoredAgain = spark.createDataset(
                        images.stream().map(ImageRef::path).toList(), Encoders.STRING())
                .toDF(ResultSchema.PATH);
        return rows.unionByName(OutputReader.of(spark)
                .schema(schema)
                .parquet(run.directory().chunkDirectory(chunk.replaces()))
                .join(scoredAgain, new String[] {ResultSchema.PATH}, "left_anti"));
    }
}
