package org.sparkxception.source.table;

/** Numbers the rows of a table's files within their blocks, in the order of reading. */
final class TableBlock {
    private String file = "";
    private long start = -1;
    private long number;

    /** Counts a row. Returns whether it is the first row of a block. */
    boolean next(String rowsFile, long rowsStart) {
        number++;
        if (start == rowsStart && file.equals(rowsFile)) {
            return false;
        }
        file = rowsFile;
        start = rowsStart;
        number = 0;
        return true;
    }

    long number() {
        return number;
    }
}
