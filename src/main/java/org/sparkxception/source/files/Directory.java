package org.sparkxception.source.files;

import java.io.Serializable;

/** A directory to list. */
final class Directory implements Serializable {
    private static final long serialVersionUID = 1;

    private final String path;
    private final String real;
    private final boolean linked;

    /**
     * Creates a directory to list.
     *
     * @param path the path by which it was found
     * @param real the path with all symbolic links resolved; empty on filesystems without links
     * @param linked whether it was reached through a symbolic link
     */
    Directory(String path, String real, boolean linked) {
        this.path = path;
        this.real = real;
        this.linked = linked;
    }

    String path() {
        return path;
    }

    String real() {
        return real;
    }

    boolean isLinked() {
        return linked;
    }

    /** A subdirectory of this directory. */
    Directory child(String childPath, String name) {
        return new Directory(childPath, real.isEmpty() ? "" : real + "/" + name, linked);
    }
}
