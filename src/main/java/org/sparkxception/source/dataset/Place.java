package org.sparkxception.source.dataset;

import java.io.Serializable;

/** Where the bytes of an image are: a complete file, a range of a file, a record of a split, or nowhere. */
public sealed interface Place extends Serializable {
    /** The file that the image's path names. */
    final class WholeFile implements Place {
        private static final long serialVersionUID = 1;

        private final boolean found;

        WholeFile(boolean found) {
            this.found = found;
        }

        /** Whether the file was found when the run was planned. If not, reading it determines why. */
        public boolean wasFound() {
            return found;
        }
    }

    /** A part of a file that contains several images. */
    sealed interface InContainer extends Place {
        /** The file. */
        String container();

        /** The byte offset in the file: of the image itself, or of the split that contains it. */
        long start();
    }

    /** A range of a file: a member of an uncompressed tar archive. */
    final class FileRange implements InContainer {
        private static final long serialVersionUID = 1;

        private final String container;
        private final long start;

        public FileRange(String container, long start) {
            this.container = container;
            this.start = start;
        }

        @Override
        public String container() {
            return container;
        }

        @Override
        public long start() {
            return start;
        }
    }

    /** A record that can only be located by reading its split from the start: in a compressed tar, a SequenceFile or a table. */
    final class SplitRecord implements InContainer {
        private static final long serialVersionUID = 1;

        private final String container;
        private final long start;
        private final long number;

        /**
         * Creates the place of a record.
         *
         * @param number its number in the split, from 0
         */
        public SplitRecord(String container, long start, long number) {
            this.container = container;
            this.start = start;
            this.number = number;
        }

        @Override
        public String container() {
            return container;
        }

        @Override
        public long start() {
            return start;
        }

        /** Its number in the split, from 0. */
        public long number() {
            return number;
        }
    }

    /** Nowhere: what the dataset lists is not a file. */
    final class Absent implements Place {
        private static final long serialVersionUID = 1;

        private final Absence reason;

        Absent(Absence reason) {
            this.reason = reason;
        }

        public Absence reason() {
            return reason;
        }
    }
}
