package org.sparkxception.benchmark;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.spark.Success$;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerApplicationEnd;
import org.apache.spark.scheduler.SparkListenerExecutorAdded;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.scheduler.SparkListenerJobEnd;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;

/**
 * Watches a run on a cluster from the driver, and prints one line at its end. All numbers are of the time from the first task of a chunk to
 * the last, in which {@code slots busy} is the time of tasks over the time of the slots that were there.
 */
public final class ClusterRun extends SparkListener {
    private static final String CHUNK = "spark-xception.chunk";

    private final OperatingSystemMXBean process =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private final Map<String, Integer> slotsByExecutor = new HashMap<>();
    private final Set<Integer> stages = new HashSet<>();
    private final Map<Integer, String> chunkOfStage = new HashMap<>();
    private final Map<Integer, String> chunkOfJob = new HashMap<>();
    private final Map<Long, Integer> startsBySecond = new HashMap<>();

    /** Time of the tasks of chunks that are not committed, by chunk. */
    private final Map<String, Long> uncommitted = new HashMap<>();

    private int slots;
    private int mostSlots;
    private long slotMillis;
    private long slotsSince;
    private long taskMillis;
    private long tasks;
    private long failedTasks;
    private long first = Long.MAX_VALUE;
    private long last;
    private long lastStart;
    private long cpuAtFirst;
    private double mostLost;

    @Override
    public synchronized void onExecutorAdded(SparkListenerExecutorAdded event) {
        change(event.time(), event.executorId(), event.executorInfo().totalCores());
    }

    @Override
    public synchronized void onExecutorRemoved(SparkListenerExecutorRemoved event) {
        change(event.time(), event.executorId(), 0);
    }

    private void change(long time, String executor, int itsSlots) {
        countSlots(time);
        slotsByExecutor.put(executor, itsSlots);
        slots = slotsByExecutor.values().stream().mapToInt(Integer::intValue).sum();
        mostSlots = Math.max(mostSlots, slots);
    }

    private void countSlots(long time) {
        if (first != Long.MAX_VALUE) {
            slotMillis += slots * Math.max(0, time - slotsSince);
        }
        slotsSince = Math.max(slotsSince, time);
    }

    @Override
    public synchronized void onJobStart(SparkListenerJobStart event) {
        chunk(event.properties(), chunk -> chunkOfJob.put(event.jobId(), chunk));
    }

    @Override
    public synchronized void onStageSubmitted(SparkListenerStageSubmitted event) {
        chunk(event.properties(), chunk -> {
            stages.add(event.stageInfo().stageId());
            chunkOfStage.put(event.stageInfo().stageId(), chunk);
        });
    }

    private static void chunk(Properties properties, java.util.function.Consumer<String> use) {
        if (properties != null && properties.getProperty(CHUNK) != null) {
            use.accept(properties.getProperty(CHUNK));
        }
    }

    @Override
    public synchronized void onTaskStart(SparkListenerTaskStart event) {
        if (!stages.contains(event.stageId())) {
            return;
        }
        long time = event.taskInfo().launchTime();
        if (first == Long.MAX_VALUE) {
            first = time;
            slotsSince = time;
            cpuAtFirst = process.getProcessCpuTime();
        }
        lastStart = Math.max(lastStart, time);
        tasks++;
        startsBySecond.merge((time - first) / 1000, 1, Integer::sum);
    }

    @Override
    public synchronized void onTaskEnd(SparkListenerTaskEnd event) {
        if (!stages.contains(event.stageId())) {
            return;
        }
        long time = event.taskInfo().finishTime();
        countSlots(time);
        last = Math.max(last, time);
        taskMillis += event.taskInfo().duration();
        if (event.reason() instanceof Success$) {
            uncommitted.merge(chunkOfStage.get(event.stageId()), event.taskInfo().duration(), Long::sum);
        } else {
            failedTasks++;
        }
        long lost = uncommitted.values().stream().mapToLong(Long::longValue).sum();
        mostLost = Math.max(mostLost, lost / 1e3 / Math.max(1, slots));
    }

    @Override
    public synchronized void onJobEnd(SparkListenerJobEnd event) {
        // A chunk has several jobs if its plan is adaptive: those before the last write nothing, and the next one follows at once.
        String chunk = chunkOfJob.remove(event.jobId());
        if (chunk != null && !chunkOfJob.containsValue(chunk)) {
            uncommitted.remove(chunk);
        }
    }

    @Override
    public synchronized void onApplicationEnd(SparkListenerApplicationEnd event) {
        double seconds = (last - first) / 1e3;
        long heap = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .map(MemoryPoolMXBean::getPeakUsage)
                .mapToLong(usage -> usage.getUsed())
                .sum();
        int mostStarts =
                startsBySecond.values().stream().mapToInt(Integer::intValue).max().orElse(0);
        System.out.printf(
                "%d | %.0f | %.1f%% | %.1f | %.0f | %d | %d | %.2f | %d | %.0f%n",
                mostSlots,
                seconds,
                100.0 * taskMillis / slotMillis,
                (last - lastStart) / 1e3,
                tasks / seconds,
                mostStarts,
                failedTasks,
                (process.getProcessCpuTime() - cpuAtFirst) / 1e9 / seconds,
                heap >> 20,
                mostLost);
    }
}
