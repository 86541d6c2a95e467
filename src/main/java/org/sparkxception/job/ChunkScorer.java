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
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkxception.inference.DecodingNotes;
import org.sparkxception.inference.Scorer;
import org.sparkxception.metrics.StatisticsAccumulator;
import org.sparkxception.source.dataset.ImageRef;
import org.sparkxception.spark.TaskSlots;

/**
 * Scores chunks: each is one Spark job with its own output directory. The next chunk starts when fewer tasks wait than there are slots, so
 * that no slot idles while a chunk ends or is written.
 */
final class ChunkScorer {
    private static final Logger LOG = LoggerFactory.getLogger(ChunkScorer.class);

    /** How many chunks run at once, most of which are almost done: bounds the memory of the driver. */
    private static final int CHUNKS_AT_ONCE = 8;

    private static final int MILLIS_BETWEEN_LOOKS = 50;

    /** Spark's local property with the scheduling pool of a job. */
    private static final String POOL = "spark.scheduler.pool";

    private final JavaSparkContext context;
    private final Run run;
    private final Scorer scorer;
    private final ChunkWriter writer;
    private final ScoringTasks tasks;
    /** Spark job tag of all chunks. */
    private final String tag = "spark-xception-" + UUID.randomUUID();

    ChunkScorer(Run run, Scorer scorer, StatisticsAccumulator statistics) {
        this.context = run.context();
        this.run = run;
        this.scorer = scorer;
        this.writer = new ChunkWriter(run);
        this.tasks = new ScoringTasks(statistics);
    }

    /**
     * Scores chunks. On the first failure, it waits until nothing is written to the output any more, and throws.
     *
     * @return how many chunks they were joined to
     */
    int score(List<Chunk> chunks) throws IOException, InterruptedException {
        Backlog backlog = new Backlog(chunks, run.plan(), run.settings().chunkLimits());
        ExecutorService pool = Executors.newFixedThreadPool(CHUNKS_AT_ONCE);
        ExecutorCompletionService<Chunk> jobs = new ExecutorCompletionService<>(pool);
        List<Future<Chunk>> all = new ArrayList<>();
        context.sc().addSparkListener(tasks);
        try {
            int running = 0;
            while (running > 0 || !backlog.isEmpty()) {
                if (!backlog.isEmpty() && hasRoom(running)) {
                    WorkSizes sizes = sizes();
                    Chunk chunk = backlog.take(sizes.chunkImages());
                    boolean last = backlog.isEmpty();
                    LOG.debug(
                            "chunk {}: {} images for {} slots, {} images/s per slot",
                            chunk.number(),
                            chunk.images(),
                            sizes.slots(),
                            sizes.imagesPerSlotSecond().orElse(0));
                    run.start(chunk);
                    tasks.expect(chunk);
                    all.add(jobs.submit(() -> score(chunk, sizes, last)));
                    running++;
                } else {
                    Future<Chunk> ended = jobs.poll(MILLIS_BETWEEN_LOOKS, TimeUnit.MILLISECONDS);
                    if (ended != null) {
                        tasks.end(ended.get());
                        running--;
                    }
                }
            }
            return all.size();
        } catch (ExecutionException e) {
            throw new TaskFailedException(e.getCause());
        } finally {
            // A chunk that is being committed is allowed to finish.
            all.forEach(chunk -> chunk.cancel(false));
            pool.shutdown();
            end(pool);
            context.sc().removeSparkListener(tasks);
        }
    }

    private WorkSizes sizes() {
        return new WorkSizes(
                TaskSlots.present(context.sc()), run.settings().scoring().batchSize(), tasks.imagesPerSlotSecond());
    }

    private boolean hasRoom(int running) {
        return running == 0 || (running < CHUNKS_AT_ONCE && tasks.areFewerThan(TaskSlots.present(context.sc())));
    }

    private void end(ExecutorService pool) {
        boolean interrupted = Thread.interrupted();
        while (!pool.isTerminated()) {
            context.sc().cancelJobsWithTag(tag);
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

    private Chunk score(Chunk chunk, WorkSizes sizes, boolean last) throws IOException {
        long start = System.nanoTime();
        context.sc().addJobTag(tag);
        // Not behind the tasks of earlier chunks, if Spark schedules by pools.
        context.setLocalProperty(POOL, "spark-xception-plan");
        List<ImageRef> images = run.images(chunk);
        DecodingNotes notes =
                DecodingNotes.in(run.directory().decodingNotes("%05d".formatted(chunk.number())), run.storage());
        context.setJobDescription("chunk " + chunk.number() + ": score " + images.size() + " images");
        context.setLocalProperty(POOL, "spark-xception-chunks");
        context.setLocalProperty(ScoringTasks.CHUNK, String.valueOf(chunk.number()));
        JavaRDD<Row> scored = new ImageTasks(run).balanced(images, scorer.with(notes), sizes, last);
        writer.write(chunk, images, scored);
        context.setLocalProperty(ScoringTasks.CHUNK, null);
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
        return chunk;
    }
}
