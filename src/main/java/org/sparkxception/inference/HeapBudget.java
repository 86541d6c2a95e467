package org.sparkxception.inference;

import java.util.OptionalInt;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** What images may take of the Java heap of this JVM: threads wait for each other before they take more. */
final class HeapBudget {
    private static final int KIB = 1 << 10;

    private final int kib;
    private final Semaphore free;

    HeapBudget(long bytes) {
        kib = (int) Math.min(Integer.MAX_VALUE, bytes / KIB);
        free = new Semaphore(kib, true);
    }

    /**
     * For files that are fetched and not yet decoded, of all tasks: a quarter of the heap. Decoding copies at most the file; the rest is
     * for Spark, the model and the results.
     */
    static HeapBudget ofFiles() {
        return Shared.FILES;
    }

    long bytes() {
        return (long) kib * KIB;
    }

    /** An account of one user, who gives back all when it is closed. */
    Account account() {
        return new Account();
    }

    /** What one user has taken. */
    final class Account implements AutoCloseable {
        private int taken;
        private boolean closed;

        private Account() {}

        /** Waits until so many bytes are free, or all, if that is less; returns what to give back. */
        int take(long bytes) throws InterruptedException {
            OptionalInt share = take(bytes, Long.MAX_VALUE);
            return share.getAsInt();
        }

        /** The same; nothing, if that is not free within so many seconds. */
        OptionalInt take(long bytes, long seconds) throws InterruptedException {
            int share = (int) Math.min(kib, (bytes + KIB - 1) / KIB);
            if (share > 0) {
                if (!free.tryAcquire(share, seconds, TimeUnit.SECONDS)) {
                    return OptionalInt.empty();
                }
                note(share);
            }
            return OptionalInt.of(share);
        }

        private synchronized void note(int share) {
            taken += share;
            if (closed) {
                close();
            }
        }

        synchronized void giveBack(int share) {
            if (!closed) {
                taken -= share;
                free.release(share);
            }
        }

        @Override
        public synchronized void close() {
            closed = true;
            free.release(taken);
            taken = 0;
        }
    }

    private static final class Shared {
        static final HeapBudget FILES = new HeapBudget(Runtime.getRuntime().maxMemory() / 4);
    }
}
