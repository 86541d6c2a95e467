package org.sparkxception.source.files;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which directories are to be listed next: level by level, and behind all of them the directories that links lead to, if they were
 * not met without a link. So each is listed once, by a path that does not depend on where links stand, and links in a circle end.
 */
final class DirectoryWalk {
    private final Set<String> met = new HashSet<>();
    private List<Directory> level = new ArrayList<>();
    private List<Directory> links = new ArrayList<>();

    DirectoryWalk(List<Directory> first) {
        add(first);
    }

    /** Adds directories that were found. */
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

    /** The directories to list next; none at the end. */
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
