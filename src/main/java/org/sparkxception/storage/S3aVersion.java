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
     * @param s3a a class of S3A
     * @throws UserException (exit code 2) with both versions
     */
    static void check(Class<?> s3a) {
        check(read(s3a), VersionInfo.getVersion());
    }

    static void check(Optional<String> s3a, String hadoop) {
        if (s3a.isPresent() && Arrays.compare(numbers(s3a.get()), numbers(hadoop)) > 0) {
            throw unfit(s3a, hadoop, null);
        }
    }

    /** The explanation if a class or a method is not there that S3A uses. */
    static UserException unfit(Class<?> s3a, LinkageError cause) {
        return unfit(read(s3a), VersionInfo.getVersion(), cause);
    }

    private static UserException unfit(Optional<String> s3a, String hadoop, LinkageError cause) {
        return new UserException(
                ExitCode.USAGE,
                "S3A (hadoop-aws" + s3a.map(version -> " " + version).orElse("")
                        + ") does not run on the Hadoop of this Spark, which is " + hadoop
                        + ": use hadoop-aws " + hadoop
                        + ", for example with spark.jars.packages=org.apache.hadoop:hadoop-aws:"
                        + hadoop + ", and no other jar with S3A",
                cause);
    }

    private static Optional<String> read(Class<?> s3a) {
        try (InputStream file = s3a.getClassLoader().getResourceAsStream(PROPERTIES)) {
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
