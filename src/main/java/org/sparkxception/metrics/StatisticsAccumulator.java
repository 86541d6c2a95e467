package org.sparkxception.metrics;

import org.apache.spark.SparkContext;
import org.apache.spark.util.AccumulatorV2;

/**
 * Sums statistics over tasks. Executors' heartbeats carry its value while tasks run, read by another thread than the one that
 * adds: the value is one reference to an immutable object.
 */
public final class StatisticsAccumulator extends AccumulatorV2<PipelineStatistics, PipelineStatistics> {
    /** What Spark knows it by: its UI shows it so, and listeners find it. */
    public static final String NAME = "spark-xception";

    private static final long serialVersionUID = 1;

    private volatile PipelineStatistics sum = PipelineStatistics.NONE;

    /** A new one that tasks can take along. */
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
