package org.sparkxception.source.files;

import java.io.Serializable;

/** A directory that is to be listed. */
final class Directory implements Serializable {
    private static final long serialVersionUID = 1;

    private final String path;
    private final String real;
    private final boolean linked;

    /**
     * A directory.
     *
     * @param path by which it was found
     * @param real the path without links; empty where there are none
     * @param linked whether it was found by a link
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

    /** A directory in this one. */
    Directory child(String childPath, String name) {
        return new Directory(childPath, real.isEmpty() ? "" : real + "/" + name, linked);
    }
}
