package org.sparkxception.chaos;

import java.util.concurrent.ThreadLocalRandom;
import org.apache.hadoop.mapreduce.JobContext;
import org.apache.spark.internal.io.FileCommitProtocol.TaskCommitMessage;
import org.sparkxception.storage.StorageCommitProtocol;
import scala.collection.immutable.Seq;

/** The driver dies while it commits a chunk: just before, at some moment within, or just after; as by kill -9. */
public final class KillInCommit extends StorageCommitProtocol {
    private static final long serialVersionUID = 1;

    /** As a shell reports a process that SIGKILL ended. */
    static final int KILLED = 137;

    /** Milliseconds within which a commit is over, mostly. */
    private static final int COMMIT_MILLIS = 60;

    private final String destination;

    public KillInCommit(String jobId, String destination, boolean dynamicPartitionOverwrite) {
        super(jobId, destination, dynamicPartitionOverwrite);
        this.destination = destination;
    }

    @Override
    public void commitJob(JobContext context, Seq<TaskCommitMessage> commits) {
        boolean ofChunk = destination.contains("chunk=");
        int when = ThreadLocalRandom.current().nextInt(ofChunk ? 6 : 1);
        if (when == 1) {
            die();
        }
        if (when >= 2 && when <= 4) {
            Thread killer = new Thread(KillInCommit::dieSoon);
            killer.setDaemon(true);
            killer.start();
        }
        super.commitJob(context, commits);
        if (when == 5) {
            die();
        }
    }

    private static void dieSoon() {
        try {
            Thread.sleep(ThreadLocalRandom.current().nextInt(COMMIT_MILLIS));
            die();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** No shutdown hook runs, and nothing is flushed. */
    private static void die() {
        Runtime.getRuntime().halt(KILLED);
    }
}
