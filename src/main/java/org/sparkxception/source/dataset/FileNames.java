package org.sparkxception.source.dataset;

import java.util.List;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.GlobPattern;

/** Decides by its name whether a file of a directory is an image to score. */
public final class FileNames {
    private static final List<String> EXTENSIONS =
            List.of("jpg", "jpeg", "jpe", "jfif", "png", "gif", "bmp", "dib", "webp", "tif", "tiff");

    private final List<String> globs;
    private final List<GlobPattern> patterns;

    /** Includes the names that match any of these globs; without globs, names with the usual image extensions, case-insensitive. */
    public FileNames(List<String> globs) {
        this.globs = globs.isEmpty()
                ? EXTENSIONS.stream()
                        .map(extension -> inAnyCase("." + extension))
                        .toList()
                : globs;
        this.patterns = this.globs.stream().map(GlobPattern::new).toList();
    }

    /** A case-insensitive glob for names with this suffix. */
    public static String inAnyCase(String ending) {
        return ending.chars()
                .mapToObj(c -> Character.isLetter(c)
                        ? "[" + (char) c + Character.toUpperCase((char) c) + "]"
                        : String.valueOf((char) c))
                .collect(Collectors.joining("", "*", ""));
    }

    public boolean include(String name) {
        return patterns.stream().anyMatch(pattern -> pattern.matches(name));
    }

    /** Whether a name is hidden by Hadoop's convention. As in a shell, a glob that starts with the same character includes it. */
    public boolean hides(String name) {
        return (name.startsWith("_") || name.startsWith("."))
                && globs.stream().noneMatch(glob -> glob.startsWith(name.substring(0, 1)));
    }
}
