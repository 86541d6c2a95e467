package org.sparkxception.image.isolated;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** Reads the standard error of a process, so that the process never blocks on it, and keeps the end of it. */
final class LastWords {
    /** Maximum number of characters kept. */
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

    /** Returns the end of the output; call it after the process has ended. */
    String get() throws InterruptedException {
        reader.join(TimeUnit.SECONDS.toMillis(WAIT_SECONDS));
        synchronized (this) {
            return text.toString();
        }
    }
}
