package org.sparkxception.job;

import java.io.IOException;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/** A disk on which chunk 1 cannot be written while chunk 0 is being committed, which takes its time. */
public final class SlowCommits extends RawLocalFileSystem {
    private static final String COMMITTED = "chunk=00000";
    private static final String REFUSED = "chunk=00001";
    private static final long MILLIS = 3000;

    static final AtomicInteger COMMITTING = new AtomicInteger();
    private static volatile boolean began;

    @Override
    public URI getUri() {
        return URI.create("slow:///");
    }

    @Override
    public boolean rename(Path from, Path to) throws IOException {
        if (!from.toString().contains(COMMITTED + "/_temporary")
                || to.toString().contains("_temporary")) {
            return super.rename(from, to);
        }
        COMMITTING.incrementAndGet();
        began = true;
        try {
            Thread.sleep(MILLIS);
            return super.rename(from, to);
        } catch (InterruptedException e) {
            throw new IOException("interrupted in a commit", e);
        } finally {
            COMMITTING.decrementAndGet();
        }
    }

    @Override
    public boolean mkdirs(Path path) throws IOException {
        if (path.toString().contains(REFUSED)) {
            while (!began) {
                Thread.onSpinWait();
            }
            throw new IOException("no room for " + path);
        }
        return super.mkdirs(path);
    }
}
