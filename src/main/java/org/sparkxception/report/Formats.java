package org.sparkxception.report;

import java.util.Locale;

/** Number formats of the HTML report. */
final class Formats {
    private static final String[] BYTES = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB"};

    private Formats() {}

    static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    static String images(long number) {
        return count(number) + (number == 1 ? " image" : " images");
    }

    static String rate(double imagesPerSecond) {
        return String.format(Locale.ROOT, imagesPerSecond < 100 ? "%,.1f" : "%,.0f", imagesPerSecond);
    }

    /** A score or a share, with four decimals. */
    static String score(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }

    /** A score with three decimals, so that it fits under a thumbnail and in a table cell. */
    static String shortScore(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }

    /** Percentage of a share from 0 to 1; shares that are not exactly 0 or 1 are never rounded to 0% or 100%. */
    static String percent(double share) {
        if (share > 0 && share < 0.001) {
            return "< 0.1%";
        } else if (share < 1 && share > 0.999) {
            return "> 99.9%";
        }
        return String.format(Locale.ROOT, "%.1f%%", 100 * share);
    }

    /** Width of a bar in percent, for CSS. */
    static String width(double share) {
        return String.format(Locale.ROOT, "%.2f", 100 * share);
    }

    static String duration(double seconds) {
        if (seconds < 60) {
            return String.format(Locale.ROOT, "%.1f s", seconds);
        }
        long whole = Math.round(seconds);
        return whole < 3600
                ? "%d min %d s".formatted(whole / 60, whole % 60)
                : "%d h %d min".formatted(whole / 3600, whole % 3600 / 60);
    }

    static String bytes(long number) {
        double value = number;
        int unit = 0;
        while (value >= 1024 && unit < BYTES.length - 1) {
            value /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", value, BYTES[unit]);
    }

    /** The last name of a path. */
    static String fileName(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
