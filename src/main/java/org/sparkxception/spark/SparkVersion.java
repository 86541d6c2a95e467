package org.sparkxception.spark;

import java.util.Arrays;

/** The version of the Spark that this process runs. */
public final class SparkVersion {
    /** The oldest one that is supported, up to its second number. */
    private static final int[] OLDEST = {3, 5};

    private SparkVersion() {}

    /** The version, such as 4.1.3. */
    public static String current() {
        return org.apache.spark.package$.MODULE$.SPARK_VERSION();
    }

    /** Whether a version is supported. Newer ones than those that were tested are. */
    public static boolean isSupported(String version) {
        int[] numbers = Arrays.stream(version.split("[^0-9]+"))
                .filter(number -> !number.isEmpty())
                .limit(OLDEST.length)
                .mapToInt(Integer::parseInt)
                .toArray();
        return Arrays.compare(numbers, OLDEST) >= 0;
    }
}
