package org.sparkxception.job;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Properties;
import java.util.Set;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageCompleted;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.sparkxception.metrics.LiveStatistics;
import org.sparkxception.metrics.PipelineStatistics;
import org.sparkxception.metrics.PipelineStatistics.Counter;
import org.sparkxception.metrics.StatisticsAccumulator;

/** The tasks of chunks, as Spark reports them: how many wait for a slot, and how fast they score. */
final class ScoringTasks extends SparkListener {
    /** Spark's local property with the number of the chunk that a job scores. */
    static final String CHUNK = "spark-xception.chunk";

    /** The rate is that of about the last so many tasks. */
    private static final double REMEMBERED = 256;

    private final StatisticsAccumulator statistics;

    /** Chunks that were started, and have submitted no stage yet. */
    private final Set<String> expected = new HashSet<>();

    /** Tasks that have not started, by stage. */
    private final Map<Integer, Integer> waiting = new HashMap<>();

    private double images;
    private double seconds;

    /** @param statistics what the tasks add to */
    ScoringTasks(StatisticsAccumulator statistics) {
        this.statistics = statistics;
    }

    /** Announces a chunk, whose tasks will be submitted soon. */
    synchronized void expect(Chunk chunk) {
        expected.add(String.valueOf(chunk.number()));
    }

    /** A chunk has ended, whether its tasks were submitted or not. */
    synchronized void end(Chunk chunk) {
        expected.remove(String.valueOf(chunk.number()));
    }

    /** Whether fewer tasks wait than there are slots, and no more were announced. */
    synchronized boolean areFewerThan(int slots) {
        return expected.isEmpty()
                && waiting.values().stream().mapToInt(Integer::intValue).sum() < slots;
    }

    /** How many images a slot scores per second; empty until a task has ended. */
    synchronized OptionalDouble imagesPerSlotSecond() {
        return images > 0 && seconds > 0 ? OptionalDouble.of(images / seconds) : OptionalDouble.empty();
    }

    /** The time of a task without its start, which includes loading a model in the first tasks of an executor. */
    private static double pipelineSeconds(PipelineStatistics task) {
        return task.seconds(Counter.WAIT_NANOS)
                + task.seconds(Counter.PREDICT_NANOS)
                + task.seconds(Counter.RANK_NANOS);
    }

    @Override
    public synchronized void onStageSubmitted(SparkListenerStageSubmitted event) {
        Properties properties = event.properties();
        String chunk = properties == null ? null : properties.getProperty(CHUNK);
        if (chunk != null) {
            expected.remove(chunk);
            waiting.put(event.stageInfo().stageId(), event.stageInfo().numTasks());
        }
    }

    @Override
    public synchronized void onTaskStart(SparkListenerTaskStart event) {
        waiting.computeIfPresent(event.stageId(), (stage, tasks) -> Math.max(0, tasks - 1));
    }

    @Override
    public synchronized void onStageCompleted(SparkListenerStageCompleted event) {
        waiting.remove(event.stageInfo().stageId());
    }

    @Override
    public synchronized void onTaskEnd(SparkListenerTaskEnd event) {
        if (!waiting.containsKey(event.stageId()) || !event.taskInfo().successful()) {
            return;
        }
        LiveStatistics.added(event, statistics).ifPresent(added -> {
            images = images * (1 - 1 / REMEMBERED) + added.get(Counter.ROWS);
            seconds = seconds * (1 - 1 / REMEMBERED) + pipelineSeconds(added);
        });
    }
}
