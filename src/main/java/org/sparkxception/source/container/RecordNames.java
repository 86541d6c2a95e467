package org.sparkxception.source.container;

import java.util.Arrays;
import java.util.Optional;
import org.sparkxception.source.dataset.FileNames;
import org.sparkxception.source.files.ListingEntry.Kind;

/** Derives from the name of a record whether it is an image to score, and its ground-truth class. */
final class RecordNames {
    private final FileNames names;
    private final boolean hidesNames;
    private final boolean truthOfParent;

    RecordNames(FileNames names, boolean hidesNames, boolean truthOfParent) {
        this.names = names;
        this.hidesNames = hidesNames;
        this.truthOfParent = truthOfParent;
    }

    Kind judge(String name) {
        if (hidesNames && Arrays.stream(name.split("/", -1)).anyMatch(this::hides)) {
            return Kind.HIDDEN;
        }
        return names.include(name.substring(name.lastIndexOf('/') + 1)) ? Kind.IMAGE : Kind.EXCLUDED;
    }

    private boolean hides(String part) {
        return !part.equals(".") && !part.equals("..") && names.hides(part);
    }

    /** The name of the parent directory; empty if there is none, or if it is not the ground truth. */
    Optional<String> truth(String name) {
        int end = name.lastIndexOf('/');
        if (!truthOfParent || end < 0) {
            return Optional.empty();
        }
        String directory = name.substring(name.lastIndexOf('/', end - 1) + 1, end);
        return directory.isEmpty() || directory.equals(".") ? Optional.empty() : Optional.of(directory);
    }
}
