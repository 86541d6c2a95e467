package org.sparkxception.report;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import org.sparkxception.report.RunDetails.Rate;

/**
 * The throughput of a run over time. It keeps a limited number of points, fewer per second the longer the run takes, so that it stays
 * small.
 */
public final class Throughput {
    private static final int MAX_POINTS = 400;
    private static final double FIRST_GAP_SECONDS = 0.1;

    private static final int RATES = 80;

    /** Executors report progress every 2 to 10 s: over less time, a rate would reflect a single report. */
    private static final double MESSAGES_SECONDS = 10;

    /** At the end of a run the tasks are short, and each reports when it ends: less time is enough. */
    private static final double MIN_SECONDS_AT_THE_END = 4;

    private final long startNanos = System.nanoTime();
    private final List<Point> points = new ArrayList<>();
    private double gap = FIRST_GAP_SECONDS;
    private Point last = new Point(0, 0);

    private record Point(double seconds, long images) {}

    /** Records the number of images that are done now. */
    public void add(long images) {
        add((System.nanoTime() - startNanos) / 1e9, images);
    }

    /**
     * Records the number of images that were done at a time.
     *
     * @param seconds since the run started, never decreasing
     */
    synchronized void add(double seconds, long images) {
        // The count decreases when a task fails.
        last = new Point(seconds, Math.max(images, last.images));
        if (points.isEmpty() || seconds - points.get(points.size() - 1).seconds >= gap) {
            points.add(last);
        }
        if (points.size() > MAX_POINTS) {
            thin();
        }
    }

    private void thin() {
        List<Point> kept = new ArrayList<>();
        for (int i = 0; i < points.size(); i += 2) {
            kept.add(points.get(i));
        }
        points.clear();
        points.addAll(kept);
        gap *= 2;
    }

    /** Rates at {@value #RATES} times, each the mean over a window around it; empty if nothing was done. */
    public synchronized List<Rate> rates() {
        if (points.isEmpty() || last.images <= points.get(0).images) {
            return List.of();
        }
        double begin = points.get(0).seconds;
        double total = last.seconds - begin;
        double window = Math.max(total / 20, Math.min(MESSAGES_SECONDS, total / 4));
        List<Rate> rates = new ArrayList<>();
        for (int i = 0; i < RATES; i++) {
            double from = begin + i * (total - window) / (RATES - 1);
            rates.add(new Rate(from + window / 2, (images(from + window) - images(from)) / window));
        }
        return rates;
    }

    /**
     * Images per second over the second half of the images: after warm-up, and after the work that runs concurrently with the start of
     * the run. Empty if the second half was so short that it would reflect only one or two reports of the executors.
     */
    public synchronized OptionalDouble steadyRate() {
        if (points.isEmpty()) {
            return OptionalDouble.empty();
        }
        double half = (points.get(0).images + last.images) / 2.0;
        double seconds = last.seconds - seconds(half);
        return seconds < MIN_SECONDS_AT_THE_END
                ? OptionalDouble.empty()
                : OptionalDouble.of((last.images - half) / seconds);
    }

    /** The time when this many images were done, by linear interpolation. */
    private double seconds(double images) {
        return between(Point::images, images, Point::seconds);
    }

    /** The number of images done at a time, by linear interpolation. */
    private double images(double seconds) {
        return between(Point::seconds, seconds, Point::images);
    }

    private double between(ToDoubleFunction<Point> known, double value, ToDoubleFunction<Point> wanted) {
        Point before = points.get(0);
        Point after = last;
        for (Point point : points) {
            if (known.applyAsDouble(point) > value) {
                after = point;
                break;
            }
            before = point;
        }
        double span = known.applyAsDouble(after) - known.applyAsDouble(before);
        double share = span > 0 ? Math.min(1, (value - known.applyAsDouble(before)) / span) : 1;
        double from = wanted.applyAsDouble(before);
        return from + share * (wanted.applyAsDouble(after) - from);
    }
}
