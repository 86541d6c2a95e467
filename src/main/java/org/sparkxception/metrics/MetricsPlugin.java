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
 * Shows what an application scores in Spark's metrics system, whose sinks hand it on: Prometheus, JMX, Graphite and so on. Spark loads it
 * where {@code spark.plugins} names it. The metrics and their names are described in docs/how-to/monitoring.md; this class's name is a part of them.
 */
public final class MetricsPlugin implements SparkPlugin {
    @Override
    public DriverPlugin driverPlugin() {
        return new Driver();
    }

    /** None: the heartbeats of executors bring the driver what they have counted. */
    @Override
    public ExecutorPlugin executorPlugin() {
        return null;
    }

    /** The driver's side: listens, and answers when a sink asks. */
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

    /** A counter that counts elsewhere. */
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
