package org.sparkxception.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.pytorch.jni.JniUtils;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** OpenMP keeps its number of threads with the thread that calls: each has to be told. */
class ThreadsTest {
    @Test
    void aThreadUsesAsManyAsItWasTold() throws Exception {
        assertThat(threadsAfterAsking(1)).isEqualTo(1);
        assertThat(threadsAfterAsking(3)).isEqualTo(3);
        assertThat(threadsAfterAsking(2)).isEqualTo(2);
    }

    private static int threadsAfterAsking(int count) throws Exception {
        var pool = Executors.newSingleThreadExecutor();
        try {
            Callable<Integer> ask = () -> {
                TorchEngine.prepareThread(count);
                return JniUtils.getNumThreads();
            };
            return pool.submit(ask).get();
        } finally {
            pool.shutdown();
        }
    }
}
