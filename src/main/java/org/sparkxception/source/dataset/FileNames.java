package org.sparkxception.source.dataset;

import java.util.List;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.GlobPattern;

/** Which files of a directory are images to score, judged by their names. */
public final class FileNames {
    private static final List<String> EXTENSIONS =
            List.of("jpg", "jpeg", "jpe", "jfif", "png", "gif", "bmp", "dib", "webp", "tif", "tiff");

    private final List<String> globs;
    private final List<GlobPattern> patterns;

    /** Takes the names that match any of these globs; with no glob, names with the usual extensions of images, in any case. */
    public FileNames(List<String> globs) {
        this.globs = globs.isEmpty()
                ? EXTENSIONS.stream()
                        .map(extension -> inAnyCase("." + extension))
                        .toList()
                : globs;
        this.patterns = this.globs.stream().map(GlobPattern::new).toList();
    }

    /** A glob on names with an ending, in any case. */
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

    /**
     * Whether a name is one that Hadoop hides. As in a shell, a glob that begins with the same character means it all the same.
     */
    public boolean hides(String name) {
        return (name.startsWith("_") || name.startsWith("."))
                && globs.stream().noneMatch(glob -> glob.startsWith(name.substring(0, 1)));
    }
}
