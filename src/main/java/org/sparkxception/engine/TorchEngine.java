package org.sparkxception.engine;

import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;
import java.util.Optional;
import org.sparkxception.NativeCache;
import org.sparkxception.UserException;

/** DJL's PyTorch engine, started once per JVM, offline and without telemetry. */
public final class TorchEngine {
    private static Optional<Engine> engine = Optional.empty();

    private TorchEngine() {}

    /**
     * DJL's PyTorch engine, started by the first call.
     *
     * @throws UserException (exit code 6) with the loader's message, on every call, if libtorch cannot be loaded
     */
    public static synchronized Engine get() {
        Engine started = engine.orElseGet(TorchEngine::start);
        engine = Optional.of(started);
        return started;
    }

    /** The name and version, such as {@code libtorch 2.7.1}. */
    public static String version() {
        return "libtorch " + get().getVersion();
    }

    /**
     * Prepares the calling thread for libtorch. Sets the number of threads per operator, which OpenMP stores per calling thread, and
     * disables the optimization of programs at run time, which is also a setting per thread: the programs are already fused, and
     * libtorch would profile them again for every new input size.
     *
     * @param threads the number of threads per operator
     */
    public static void prepareThread(int threads) {
        get();
        JniUtils.setNumThreads(threads);
        JniUtils.setGraphExecutorOptimize(false);
    }

    private static Engine start() {
        setIfAbsent("ai.djl.offline", "true");
        setIfAbsent("OPT_OUT_TRACKING", "true");
        setIfAbsent("ai.djl.pytorch.num_interop_threads", "1");
        setIfAbsent("ENGINE_CACHE_DIR", NativeCache.directory().toString());
        return NativeCache.load("libtorch", () -> Engine.getEngine("PyTorch"));
    }

    private static void setIfAbsent(String property, String value) {
        if (System.getProperty(property) == null && System.getenv(property) == null) {
            System.setProperty(property, value);
        }
    }
}
