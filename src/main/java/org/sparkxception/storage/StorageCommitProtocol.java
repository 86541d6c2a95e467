package org.sparkxception.storage;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.mapreduce.OutputCommitter;
import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.apache.hadoop.mapreduce.lib.output.PathOutputCommitter;
import org.apache.hadoop.mapreduce.lib.output.PathOutputCommitterFactory;
import org.apache.spark.internal.io.FileNameSpec;
import org.apache.spark.internal.io.HadoopMapReduceCommitProtocol;
import scala.Option;

/**
 * Commits the files of a Spark job with the committer that Hadoop's settings bind to their storage: on S3 one that renames nothing.
 * Spark's own protocol always uses the committer that renames.
 */
public class StorageCommitProtocol extends HadoopMapReduceCommitProtocol {
    private static final long serialVersionUID = 1;

    private final String output;
    private final boolean replacesPartitions;
    private transient PathOutputCommitter committer;

    /** Called by Spark, with the ID of the job, its output, and whether it replaces only the partitions for which it has rows. */
    public StorageCommitProtocol(String jobId, String output, boolean replacesPartitions) {
        super(jobId, output, replacesPartitions);
        this.output = output;
        this.replacesPartitions = replacesPartitions;
    }

    @Override
    public OutputCommitter setupCommitter(TaskAttemptContext context) {
        if (replacesPartitions) { // That renames files, whichever committer wrote them.
            throw new UnsupportedOperationException(
                    getClass().getSimpleName() + " cannot replace single partitions of " + output);
        }
        try {
            Path path = new Path(output);
            CommitterCheck.bind(FileSystems.of(path, context.getConfiguration()), path, context.getConfiguration());
            committer = PathOutputCommitterFactory.createCommitter(path, context);
            return committer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Spark's own protocol asks only the committer that renames where to write. */
    @Override
    public String newTaskTempFile(TaskAttemptContext context, Option<String> directory, FileNameSpec name) {
        try {
            Path work = committer.getWorkPath();
            Path parent = directory.isDefined() ? new Path(work, directory.get()) : work;
            return new Path(parent, getFilename(context, name)).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
