package org.sparkxception.source.files;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** What the driver needs from listed directories: their subdirectories, and the numbers of images and of skipped entries. */
public final class ListingSummary implements Serializable {
    private static final long serialVersionUID = 1;

    private final ArrayList<Directory> directories = new ArrayList<>();
    private long images;
    private long hidden;
    private long excluded;
    private String fault = "";

    public static Iterator<ListingSummary> of(Iterator<ListingEntry> found) {
        ListingSummary summary = new ListingSummary();
        found.forEachRemaining(summary::add);
        return List.of(summary).iterator();
    }

    private void add(ListingEntry found) {
        switch (found.kind()) {
            case IMAGE -> images++;
            case DIRECTORY -> directories.add(found.directory());
            case HIDDEN -> hidden++;
            case EXCLUDED -> excluded++;
            case FAULT -> fault = found.text();
        }
    }

    List<Directory> directories() {
        return directories;
    }

    public long images() {
        return images;
    }

    public long hidden() {
        return hidden;
    }

    public long excluded() {
        return excluded;
    }

    /** Why a directory could not be listed; empty if all were listed. */
    public String fault() {
        return fault;
    }
}
