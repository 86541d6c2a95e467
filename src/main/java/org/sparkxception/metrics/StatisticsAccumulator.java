package org.sparkxception.metrics;

import org.apache.spark.SparkContext;
import org.apache.spark.util.AccumulatorV2;

/**
 * Sums statistics over tasks. While tasks run, the heartbeat thread of an executor reads the value and other threads add to it, so the
 * value is a single reference to an immutable object.
 */
public final class StatisticsAccumulator extends AccumulatorV2<PipelineStatistics, PipelineStatistics> {
    /** Name of the accumulator, shown in Spark's UI and used by listeners to find it. */
    public static final String NAME = "spark-xception";

    private static final long serialVersionUID = 1;

    private volatile PipelineStatistics sum = PipelineStatistics.NONE;

    /** Creates and registers an accumulator for use in tasks. */
    public static StatisticsAccumulator registered(SparkContext context) {
        StatisticsAccumulator statistics = new StatisticsAccumulator();
        context.register(statistics, NAME);
        return statistics;
    }

    @Override
    public boolean isZero() {
        return sum.isNone();
    }

    @Override
    public StatisticsAccumulator copy() {
        StatisticsAccumulator copy = new StatisticsAccumulator();
        copy.sum = sum;
        return copy;
    }

    @Override
    public void reset() {
        sum = PipelineStatistics.NONE;
    }

    @Override
    public synchronized void add(PipelineStatistics statistics) {
        sum = sum.plus(statistics);
    }

    @Override
    public synchronized void merge(AccumulatorV2<PipelineStatistics, PipelineStatistics> other) {
        sum = sum.plus(other.value());
    }

    @Override
    public PipelineStatistics value() {
        return sum;
    }
}
