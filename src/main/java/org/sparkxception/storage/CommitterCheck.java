package org.sparkxception.storage;

import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;

/**
 * Requires a committer for results on S3 that does not rename: one of S3A, or that of EMRFS. Renaming copies there, and an interrupted
 * run would leave partial results.
 */
public final class CommitterCheck {
    /** Spark's setting for the commit protocol of results. */
    public static final String PROTOCOL_SETTING = "spark.sql.sources.commitProtocolClass";

    private static final String PROTOCOL = StorageCommitProtocol.class.getName();

    /** That of Spark's module for cloud storage, which also uses the committer that the factory returns. */
    private static final String PROTOCOL_OF_SPARK = "org.apache.spark.internal.io.cloud.PathOutputCommitProtocol";

    private static final String PROTOCOL_OF_EMR =
            "org.apache.spark.sql.execution.datasources.SQLEmrOptimizedCommitProtocol";

    private static final String FACTORY_SETTING = "mapreduce.outputcommitter.factory.class";
    private static final String FACTORY_OF_SCHEME = "mapreduce.outputcommitter.factory.scheme.";
    private static final String FACTORY = "org.apache.hadoop.fs.s3a.commit.S3ACommitterFactory";
    private static final String FACTORY_THAT_RENAMES =
            "org.apache.hadoop.mapreduce.lib.output.FileOutputCommitterFactory";

    private static final Set<String> SAFE = Set.of("magic", "directory", "partitioned");

    private CommitterCheck() {}

    /**
     * Rejects an output on S3 that an unsafe committer would write.
     *
     * @param storage the filesystem of the output
     * @param protocol the value of {@value #PROTOCOL_SETTING}
     * @throws UserException (exit code 2) if the committer is unsafe; the message contains the settings to use
     */
    public static void check(FileSystem storage, Path output, String protocol, Configuration configuration) {
        switch (StorageKind.of(storage)) {
            case S3A ->
                unsafeOnS3A(output, protocol, configuration).ifPresent(what -> {
                    throw unsafe(
                            output,
                            "S3",
                            what,
                            "remove these settings, or set spark.hadoop.fs.s3a.committer.name=magic,"
                                    + " spark.hadoop.fs.s3a.committer.magic.enabled=true, spark.hadoop."
                                    + FACTORY_OF_SCHEME + output.toUri().getScheme() + "=" + FACTORY + " and "
                                    + PROTOCOL_SETTING + "=" + PROTOCOL);
                });
            case EMRFS -> {
                if (!isOrExtends(protocol, PROTOCOL_OF_EMR)) {
                    throw unsafe(
                            output,
                            "S3 through EMRFS",
                            "the commit protocol " + protocol,
                            "write to it as s3a://, or set " + PROTOCOL_SETTING + "=" + PROTOCOL_OF_EMR);
                }
            }
            case GCS, HDFS, OTHER_OBJECT_STORE, FILES -> {} // Renaming, which is what the committers of all of them do.
        }
    }

    /** Binds the committers of S3A to its scheme, unless the user has bound others. Hadoop's default has only s3a, in MapReduce jobs. */
    static void bind(FileSystem storage, Path output, Configuration configuration) {
        if (FileSystems.isS3A(storage)) {
            configuration.setIfUnset(
                    FACTORY_OF_SCHEME + storage.makeQualified(output).toUri().getScheme(), FACTORY);
        }
    }

    private static Optional<String> unsafeOnS3A(Path output, String protocol, Configuration configuration) {
        String bucket = output.toUri().getAuthority();
        String name = setting(configuration, bucket, "committer.name", "file");
        if (!SAFE.contains(name)) {
            return Optional.of("the committer " + name);
        }
        if (name.equals("magic")
                && !setting(configuration, bucket, "committer.magic.enabled", "true")
                        .equals("true")) {
            return Optional.of("fs.s3a.committer.magic.enabled=false");
        }
        boolean isOurs = isOrExtends(protocol, PROTOCOL);
        if (!isOurs && !isOrExtends(protocol, PROTOCOL_OF_SPARK)) {
            return Optional.of("the commit protocol " + protocol);
        }
        String factory = configuration.getTrimmed(
                FACTORY_SETTING,
                configuration.getTrimmed(
                        FACTORY_OF_SCHEME + output.toUri().getScheme(), isOurs ? FACTORY : FACTORY_THAT_RENAMES));
        return factory.equals(FACTORY) ? Optional.empty() : Optional.of("the committer factory " + factory);
    }

    private static UserException unsafe(Path output, String where, String what, String remedy) {
        return new UserException(
                ExitCode.USAGE,
                "the output " + output + " is on " + where + ", where results can be lost or duplicated with " + what
                        + ": " + remedy);
    }

    /** A setting of S3A, which can be overridden per bucket. */
    private static String setting(Configuration configuration, String bucket, String name, String otherwise) {
        return configuration.getTrimmed(
                "fs.s3a.bucket." + bucket + "." + name, configuration.getTrimmed("fs.s3a." + name, otherwise));
    }

    private static boolean isOrExtends(String protocol, String safe) {
        try {
            Class<?> type =
                    Class.forName(protocol, false, Thread.currentThread().getContextClassLoader());
            return StorageKind.withSuperclasses(type).anyMatch(safe::equals);
        } catch (ClassNotFoundException e) {
            return false;
        }
    }
}
