package org.sparkxception.report;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Shows how far a run is: a bar with rate and remaining time on a terminal, a line now and then in a log. */
public final class ProgressDisplay implements AutoCloseable {
    /** The system property by which the launcher says that standard error is a terminal. */
    private static final String TERMINAL = "spark-xception.terminal";

    private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);

    private final PrintStream stream;
    private final long total;
    private final Instant start = Instant.now();
    private final ProgressBar bar;
    private Instant lastLine = start;

    private ProgressDisplay(PrintStream stream, long total, ProgressBar bar) {
        this.stream = stream;
        this.total = total;
        this.bar = bar;
    }

    /** A display of images on standard error, of which some were done before. */
    public static ProgressDisplay onStandardError(long total, long doneBefore) {
        boolean terminal = Boolean.getBoolean(TERMINAL);
        ProgressBar bar = terminal
                ? new ProgressBarBuilder()
                        .setTaskName("images")
                        .setInitialMax(total)
                        .startsFrom(doneBefore, Duration.ZERO)
                        .setStyle(ProgressBarStyle.ASCII)
                        .setUpdateIntervalMillis(500)
                        .showSpeed()
                        .setConsumer(new ConsoleProgressBarConsumer(System.err))
                        .build()
                : null;
        return new ProgressDisplay(System.err, total, bar);
    }

    /** Shows that this many images are done, and how fast this process is. */
    public synchronized void update(long done, double imagesPerSecond) {
        if (bar != null) {
            bar.stepTo(done);
        } else if (Duration.between(lastLine, Instant.now()).compareTo(BETWEEN_LINES) >= 0) {
            lastLine = Instant.now();
            String left = imagesPerSecond > 0
                    ? ", "
                            + Duration.ofSeconds((long) ((total - done) / imagesPerSecond))
                                    .toString()
                                    .substring(2)
                                    .toLowerCase(java.util.Locale.ROOT)
                            + " left"
                    : "";
            stream.printf("%,d of %,d images, %,.1f images/s%s%n", done, total, imagesPerSecond, left);
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
