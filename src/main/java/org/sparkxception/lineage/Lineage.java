package org.sparkxception.lineage;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.util.ShutdownHookManager;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkxception.lineage.RunEvents.State;
import org.sparkxception.storage.UriSecrets;

/**
 * Reports a run: one event when it starts, and one when it ends. If the process is ended before, the event is ABORT. An event that
 * cannot be delivered is a warning in the log, and nothing else: lineage never fails a run.
 */
public final class Lineage {
    /** Before Spark and the filesystems are stopped: their hooks have lower priorities. */
    private static final int BEFORE_ALL_OTHERS = 100;

    private static final Logger LOG = LoggerFactory.getLogger(Lineage.class);

    private final Destination destination;
    private final RunEvents events;
    private final Abort abort = new Abort();
    private boolean ended;

    /** Reports that the process is ended from outside the run. */
    private final class Abort implements Runnable {
        @Override
        public void run() {
            end(State.ABORT, Optional.of("the process was ended"), Optional.empty());
        }
    }

    /** Reads what the output contains. */
    public interface Reading {
        WrittenData read() throws IOException;
    }

    private Lineage(Destination destination, RunEvents events) {
        this.destination = destination;
        this.events = events;
    }

    /**
     * Reports the start of a run.
     *
     * @param inputs settings of the job: URIs, or paths on the default filesystem
     * @param output likewise
     * @param environment the variables of this process, which name the parent of the run
     */
    public static Lineage start(
            Destination destination,
            SparkSession spark,
            List<String> inputs,
            String output,
            Map<String, String> environment) {
        Lineage lineage = new Lineage(destination, new RunEvents(RunOfJob.of(spark, inputs, output, environment)));
        lineage.start();
        return lineage;
    }

    private synchronized void start() {
        ShutdownHookManager.get().addShutdownHook(abort, BEFORE_ALL_OTHERS);
        send(State.START, Optional.empty(), Optional.empty());
    }

    /** Reports that the run is a success. */
    public void complete(Reading written) {
        end(State.COMPLETE, Optional.empty(), Optional.of(written));
    }

    /**
     * Reports that the run is no success.
     *
     * @param error the reason, in a sentence
     * @param written the results, if they are complete
     */
    public void fail(String error, Optional<Reading> written) {
        end(State.FAIL, Optional.of(UriSecrets.hidden(error)), written);
    }

    /** The first end of the run counts: a process that is ended also fails. */
    private synchronized void end(State state, Optional<String> error, Optional<Reading> written) {
        if (!ended) {
            ended = true;
            send(state, error, written);
            if (!ShutdownHookManager.get().isShutdownInProgress()) {
                ShutdownHookManager.get().removeShutdownHook(abort);
            }
        }
    }

    private void send(State state, Optional<String> error, Optional<Reading> written) {
        try {
            Optional<WrittenData> data =
                    written.isPresent() ? Optional.of(written.get().read()) : Optional.empty();
            destination.send(events.event(state, error, data));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            warn(state, e);
        } catch (IOException | RuntimeException e) {
            warn(state, e);
        }
    }

    private static void warn(State state, Exception fault) {
        String reason = fault.toString().lines().findFirst().orElse("");
        LOG.warn("the OpenLineage event {} was not delivered: {}", state, UriSecrets.hidden(reason));
    }
}
