package org.sparkxception.image.isolated;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** Reads what a process says on its standard error, so that it never waits to be read, and keeps the end of it. */
final class LastWords {
    /** How many bytes are kept. */
    static final int MAX_CHARS = 2000;

    private static final int WAIT_SECONDS = 1;

    private final Thread reader;
    private final StringBuilder text = new StringBuilder();

    LastWords(InputStream stream) {
        reader = new Thread(() -> keep(stream), "spark-xception-decoder-errors");
        reader.setDaemon(true);
        reader.start();
    }

    private void keep(InputStream stream) {
        byte[] buffer = new byte[MAX_CHARS];
        try (stream) {
            for (int count = stream.read(buffer); count >= 0; count = stream.read(buffer)) {
                add(new String(buffer, 0, count, StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            add(" (" + e.getMessage() + ")");
        }
    }

    private synchronized void add(String words) {
        text.append(words);
        text.delete(0, Math.max(0, text.length() - MAX_CHARS));
    }

    /** What was said last; to be asked when the process has ended. */
    String get() throws InterruptedException {
        reader.join(TimeUnit.SECONDS.toMillis(WAIT_SECONDS));
        synchronized (this) {
            return text.toString();
        }
    }
}
