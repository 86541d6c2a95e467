package org.sparkxception.metrics;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.spark.SparkContext;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.api.plugin.SparkPlugin;
import org.sparkxception.metrics.PipelineStatistics.Counter;

/**
 * Publishes the statistics of an application in Spark's metrics system, and so to its sinks: Prometheus, JMX, Graphite and others. Spark
 * loads it if {@code spark.plugins} lists it. The metrics are described in docs/how-to/monitoring.md; their names contain the name of this
 * class.
 */
public final class MetricsPlugin implements SparkPlugin {
    @Override
    public DriverPlugin driverPlugin() {
        return new Driver();
    }

    /** None: the driver receives the counts with the heartbeats of the executors. */
    @Override
    public ExecutorPlugin executorPlugin() {
        return null;
    }

    /** The driver side: listens to Spark, and returns current values when a sink polls. */
    private static final class Driver implements DriverPlugin {
        private final LiveStatistics live = LiveStatistics.ofApplication();

        @Override
        public Map<String, String> init(SparkContext spark, PluginContext context) {
            spark.addSparkListener(live);
            return Map.of();
        }

        @Override
        public void registerMetrics(String application, PluginContext context) {
            MetricRegistry registry = context.metricRegistry();
            for (Counter counter : Counter.values()) {
                if (counter.isTime()) {
                    gauge(registry, counter.label(), () -> live.value().seconds(counter));
                } else {
                    registry.register(
                            counter.label(), new LiveCounter(() -> live.value().get(counter)));
                }
            }
            gauge(registry, "images_per_second", () -> live.value().steadyRate());
        }

        private static void gauge(MetricRegistry registry, String name, Gauge<Double> gauge) {
            registry.register(name, gauge);
        }
    }

    /** A counter whose value is computed elsewhere. */
    private static final class LiveCounter extends com.codahale.metrics.Counter {
        private final LongSupplier count;

        LiveCounter(LongSupplier count) {
            this.count = count;
        }

        @Override
        public long getCount() {
            return count.getAsLong();
        }
    }
}
