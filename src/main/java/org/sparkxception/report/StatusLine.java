package org.sparkxception.report;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;

/**
 * A last line of standard error that is updated in place, such as a progress bar. Meanwhile, whatever else is printed to {@code
 * System.err} replaces it and so starts on a line of its own; the next update shows it again, below.
 */
final class StatusLine implements AutoCloseable {
    private final PrintStream terminal = System.err;
    private final PrintStream everythingElse = new PrintStream(new AboveLine(), true, Charset.defaultCharset());
    private int width;
    private boolean inAnotherLine;

    private StatusLine() {}

    /** Replaces {@code System.err}, until the line is closed. */
    static StatusLine install() {
        StatusLine line = new StatusLine();
        System.setErr(line.everythingElse);
        return line;
    }

    /** Shows a text, unless something has replaced {@code System.err} since: after its final message, a process prints nothing. */
    synchronized void show(String text) {
        if (!inAnotherLine && System.err == everythingElse) {
            terminal.print("\r" + text + " ".repeat(Math.max(0, width - text.length())));
            terminal.flush();
            width = text.length();
        }
    }

    @Override
    public synchronized void close() {
        if (width > 0) {
            terminal.println();
        }
        if (System.err == everythingElse) {
            System.setErr(terminal);
        }
    }

    private final class AboveLine extends OutputStream {
        @Override
        public void write(int value) {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            synchronized (StatusLine.this) {
                if (width > 0) {
                    terminal.print("\r" + " ".repeat(width) + "\r");
                    width = 0;
                }
                terminal.write(bytes, offset, length);
                inAnotherLine = length > 0 ? bytes[offset + length - 1] != '\n' : inAnotherLine;
            }
        }

        @Override
        public void flush() {
            terminal.flush();
        }
    }
}
