package org.sparkxception.inference;

import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;
import org.sparkxception.NativeCache;

/** DJL's PyTorch engine, started once in a JVM: offline, without telemetry, and with the threads that a task may use. */
final class TorchEngine {
    private static final Engine ENGINE = start();

    private TorchEngine() {}

    static Engine get() {
        return ENGINE;
    }

    /**
     * Sets how many threads libtorch uses for one operator when called from this thread: OpenMP keeps the number with the
     * calling thread.
     */
    static void useThreads(int count) {
        get();
        JniUtils.setNumThreads(count);
    }

    private static Engine start() {
        setIfAbsent("ai.djl.offline", "true");
        setIfAbsent("OPT_OUT_TRACKING", "true");
        setIfAbsent("ai.djl.pytorch.num_interop_threads", "1");
        // The programs are fused already; libtorch's own optimiser would only run again for every new batch size.
        setIfAbsent("ai.djl.pytorch.graph_optimizer", "false");
        setIfAbsent("ENGINE_CACHE_DIR", NativeCache.directory().toString());
        return NativeCache.locked(() -> Engine.getEngine("PyTorch"));
    }

    private static void setIfAbsent(String property, String value) {
        if (System.getProperty(property) == null && System.getenv(property) == null) {
            System.setProperty(property, value);
        }
    }
}
