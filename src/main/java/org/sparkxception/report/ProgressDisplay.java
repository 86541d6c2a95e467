package org.sparkxception.report;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Shows how far a run is: a bar with rate and remaining time on a terminal, a line now and then in the log elsewhere. */
public final class ProgressDisplay implements AutoCloseable {
    /** The system property by which the launcher says that standard error is a terminal. */
    private static final String TERMINAL = "spark-xception.terminal";

    private static final Logger LOG = LoggerFactory.getLogger(ProgressDisplay.class);
    private static final Duration BETWEEN_LINES = Duration.ofSeconds(30);

    private final Optional<ProgressBar> bar;
    private Instant lastLine = Instant.now();

    private ProgressDisplay(Optional<ProgressBar> bar) {
        this.bar = bar;
    }

    /** A display of images on standard error, of which some were done before. */
    public static ProgressDisplay onStandardError(long total, long doneBefore) {
        if (!Boolean.getBoolean(TERMINAL)) {
            return new ProgressDisplay(Optional.empty());
        }
        return new ProgressDisplay(Optional.of(new ProgressBarBuilder()
                .setTaskName("images")
                .setInitialMax(total)
                .startsFrom(doneBefore, Duration.ZERO)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(500)
                .showSpeed()
                .setConsumer(new ConsoleProgressBarConsumer(System.err))
                .build()));
    }

    /**
     * Shows that this many images are done.
     *
     * @param line for the log, asked for when one is due
     */
    public synchronized void update(long done, Supplier<String> line) {
        bar.ifPresent(shown -> shown.stepTo(done));
        if (bar.isEmpty() && Duration.between(lastLine, Instant.now()).compareTo(BETWEEN_LINES) >= 0) {
            lastLine = Instant.now();
            LOG.info(line.get());
        }
    }

    @Override
    public void close() {
        bar.ifPresent(ProgressBar::close);
    }
}
