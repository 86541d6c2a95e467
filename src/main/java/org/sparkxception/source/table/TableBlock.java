package org.sparkxception.source.table;

/** Numbers the rows of a table's files within their blocks, as they come. */
final class TableBlock {
    private String file = "";
    private long start = -1;
    private long number;

    /** Takes note of a row, and says whether a block begins with it. */
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
