package org.sparkxception.storage;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;
import java.util.Properties;
import org.apache.hadoop.util.VersionInfo;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;

/** Requires that S3A and Hadoop fit together: S3A is part of Hadoop, but comes in another jar. */
final class S3aVersion {
    /** Maven's file in the jar of S3A. */
    private static final String PROPERTIES = "META-INF/maven/org.apache.hadoop/hadoop-aws/pom.properties";

    private S3aVersion() {}

    /**
     * Rejects an S3A that is newer than Hadoop.
     *
     * @throws UserException (exit code 2) with both versions
     */
    static void check() {
        read().ifPresent(version -> check(version, VersionInfo.getVersion()));
    }

    static void check(String s3a, String hadoop) {
        if (Arrays.compare(numbers(s3a), numbers(hadoop)) > 0) {
            throw unfit(s3a, hadoop, null);
        }
    }

    /** The explanation if S3A uses a class or a method that is not there; empty if there is no S3A. */
    static Optional<UserException> unfit(LinkageError cause) {
        return read().map(version -> unfit(version, VersionInfo.getVersion(), cause));
    }

    private static UserException unfit(String s3a, String hadoop, LinkageError cause) {
        return new UserException(
                ExitCode.USAGE,
                "S3A (hadoop-aws " + s3a + ") does not run on the Hadoop of this Spark, which is " + hadoop
                        + ": use hadoop-aws " + hadoop
                        + ", for example with spark.jars.packages=org.apache.hadoop:hadoop-aws:" + hadoop
                        + ", and no other jar with S3A",
                cause);
    }

    private static Optional<String> read() {
        try (InputStream file = Thread.currentThread().getContextClassLoader().getResourceAsStream(PROPERTIES)) {
            if (file == null) {
                return Optional.empty();
            }
            Properties properties = new Properties();
            properties.load(file);
            return Optional.ofNullable(properties.getProperty("version"));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The numbers of a version, without what a vendor adds: 3, 3, 6 of 3.3.6-amzn-1. */
    private static int[] numbers(String version) {
        return Arrays.stream(version.split("-", 2)[0].split("\\."))
                .filter(part -> part.matches("\\d{1,9}"))
                .mapToInt(Integer::parseInt)
                .toArray();
    }
}
