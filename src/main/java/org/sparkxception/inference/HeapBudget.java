package org.sparkxception.inference;

import java.util.OptionalInt;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Limits the Java heap that images use in this JVM: threads wait until enough of the budget is free. */
final class HeapBudget {
    private static final int KIB = 1 << 10;

    private final int kib;
    private final Semaphore free;

    HeapBudget(long bytes) {
        kib = (int) Math.min(Integer.MAX_VALUE, bytes / KIB);
        free = new Semaphore(kib, true);
    }

    /**
     * The budget for files of all tasks that are fetched but not yet decoded: a quarter of the heap. Decoding copies at most the file; the
     * rest of the heap is for Spark, the model and the results.
     */
    static HeapBudget ofFiles() {
        return Shared.FILES;
    }

    long bytes() {
        return (long) kib * KIB;
    }

    /** Opens an account; closing it releases everything it has taken. */
    Account account() {
        return new Account();
    }

    /** The share of one user of the budget. */
    final class Account implements AutoCloseable {
        private int taken;
        private boolean closed;

        private Account() {}

        /** Waits for the given number of bytes, capped at the complete budget; returns the amount to give back, in KiB. */
        int take(long bytes) throws InterruptedException {
            OptionalInt share = take(bytes, Long.MAX_VALUE);
            return share.getAsInt();
        }

        /** The same with a timeout in seconds; empty if it expires. */
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
