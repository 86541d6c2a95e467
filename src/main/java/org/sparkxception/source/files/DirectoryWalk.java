package org.sparkxception.source.files;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Determines which directories to list next: level by level, and after all levels the targets of symbolic links that were not
 * reached without a link. Each directory is listed once, by a path that does not depend on the links, and cycles of links end.
 */
final class DirectoryWalk {
    private final Set<String> met = new HashSet<>();
    private List<Directory> level = new ArrayList<>();
    private List<Directory> links = new ArrayList<>();

    DirectoryWalk(List<Directory> first) {
        add(first);
    }

    /** Adds directories found while listing the current level. */
    void add(List<Directory> found) {
        for (Directory directory : found) {
            if (directory.isLinked()) {
                links.add(directory);
            } else {
                met.add(directory.real());
                level.add(directory);
            }
        }
    }

    /** The directories to list next; empty at the end. */
    List<Directory> next() {
        if (level.isEmpty()) {
            links.stream().filter(link -> met.add(link.real())).forEach(level::add);
            links = new ArrayList<>();
        }
        List<Directory> next = level;
        level = new ArrayList<>();
        return next;
    }
}
