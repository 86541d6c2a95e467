package org.sparkxception.job;

import java.io.IOException;
import org.sparkxception.UserException;

/** The exclusive right to write to an output. */
interface OutputLock extends AutoCloseable {
    /** That of a run whose caller guarantees that there is no other one. */
    OutputLock NONE = new OutputLock() {
        @Override
        public void whenLost(Runnable action) {}

        @Override
        public void check() {}

        @Override
        public void close() {}
    };

    /** Sets the action that stops all writes, called once if the lock is lost. */
    void whenLost(Runnable action);

    /**
     * Requires that the lock was not lost.
     *
     * @throws UserException (exit code 7, or 1 if the storage is unavailable) if it was
     */
    void check();

    /** Releases the lock. */
    @Override
    void close() throws IOException;
}
