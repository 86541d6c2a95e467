package org.sparkxception.storage;

import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;

/** Requires an S3A committer for results on S3. Renaming copies there, and an interrupted run would leave partial results. */
public final class CommitterCheck {
    /** Spark's setting for the commit protocol of results. */
    public static final String PROTOCOL_SETTING = "spark.sql.sources.commitProtocolClass";

    private static final String PROTOCOL = StorageCommitProtocol.class.getName();

    /** This and that of Spark's module for cloud storage use the committer that the factory returns. */
    private static final Set<String> PROTOCOLS =
            Set.of(PROTOCOL, "org.apache.spark.internal.io.cloud.PathOutputCommitProtocol");

    private static final String FACTORY = "org.apache.hadoop.fs.s3a.commit.S3ACommitterFactory";
    private static final Set<String> SAFE = Set.of("magic", "directory", "partitioned");

    private CommitterCheck() {}

    /**
     * Rejects an output on S3 that an unsafe committer would write.
     *
     * @param protocol the value of {@value #PROTOCOL_SETTING}
     * @throws UserException (exit code 2) if the committer is unsafe; the message contains the settings to use
     */
    public static void check(Path output, String protocol, Configuration configuration) {
        if (!FileSystems.isS3(output.toUri())) {
            return;
        }
        String bucket = output.toUri().getAuthority();
        String name = setting(configuration, bucket, "committer.name", "file");
        if (!SAFE.contains(name)) {
            throw unsafe(output, "the committer " + name);
        }
        if (name.equals("magic")
                && !setting(configuration, bucket, "committer.magic.enabled", "true")
                        .equals("true")) {
            throw unsafe(output, "fs.s3a.committer.magic.enabled=false");
        }
        if (!factory(configuration).equals(FACTORY)) {
            throw unsafe(output, "the committer factory " + factory(configuration));
        }
        if (!isOrExtends(protocol)) {
            throw unsafe(output, "the commit protocol " + protocol);
        }
    }

    private static UserException unsafe(Path output, String what) {
        return new UserException(
                ExitCode.USAGE,
                "the output " + output + " is on S3, where results can be lost or duplicated with " + what
                        + ": remove these settings, or set spark.hadoop.fs.s3a.committer.name=magic,"
                        + " spark.hadoop.fs.s3a.committer.magic.enabled=true,"
                        + " spark.hadoop.mapreduce.outputcommitter.factory.scheme.s3a=" + FACTORY + " and "
                        + PROTOCOL_SETTING + "=" + PROTOCOL);
    }

    /** A setting of S3A, which can be overridden per bucket. */
    private static String setting(Configuration configuration, String bucket, String name, String otherwise) {
        return configuration.getTrimmed(
                "fs.s3a.bucket." + bucket + "." + name, configuration.getTrimmed("fs.s3a." + name, otherwise));
    }

    /** Hadoop's own default for S3 is the factory of S3A, but is only read in a MapReduce job. */
    private static String factory(Configuration configuration) {
        String ofScheme = configuration.getTrimmed("mapreduce.outputcommitter.factory.scheme.s3a", FACTORY);
        return configuration.getTrimmed("mapreduce.outputcommitter.factory.class", ofScheme);
    }

    private static boolean isOrExtends(String protocol) {
        try {
            Class<?> type =
                    Class.forName(protocol, false, Thread.currentThread().getContextClassLoader());
            while (type != null && !PROTOCOLS.contains(type.getName())) {
                type = type.getSuperclass();
            }
            return type != null;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }
}
