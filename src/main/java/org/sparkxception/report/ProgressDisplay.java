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

/**
 * Shows the progress of a run: a bar with rate and remaining time on a terminal, otherwise a log line at most every 30 s. Shows nothing
 * if log lines of level INFO are off.
 */
public final class ProgressDisplay implements AutoCloseable {
    /** System property set by the launcher if standard error is a terminal. */
    private static final String TERMINAL = "spark-xception.terminal";

    private static final Logger LOG = LoggerFactory.getLogger(ProgressDisplay.class);
    private static final Duration BETWEEN_LINES = Duration.ofSeconds(30);

    private final Optional<ProgressBar> bar;
    private Instant lastLine = Instant.now();

    /** The last line of the terminal. */
    private static final class Bar extends ConsoleProgressBarConsumer {
        private final StatusLine line;

        Bar(StatusLine line) {
            super(System.err);
            this.line = line;
        }

        @Override
        public void accept(String rendered) {
            line.show(rendered);
        }

        @Override
        public void close() {
            line.close();
        }
    }

    private ProgressDisplay(Optional<ProgressBar> bar) {
        this.bar = bar;
    }

    /** A display on standard error. {@code total} and {@code doneBefore} are numbers of images. */
    public static ProgressDisplay onStandardError(long total, long doneBefore) {
        if (!Boolean.getBoolean(TERMINAL) || !LOG.isInfoEnabled()) {
            return new ProgressDisplay(Optional.empty());
        }
        return new ProgressDisplay(Optional.of(new ProgressBarBuilder()
                .setTaskName("images")
                .setInitialMax(total)
                .startsFrom(doneBefore, Duration.ZERO)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(500)
                .showSpeed()
                .setConsumer(new Bar(StatusLine.install()))
                .build()));
    }

    /**
     * Updates the display.
     *
     * @param done number of images that are done
     * @param line supplies the log line when one is due
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
