package org.sparkxception.engine;

import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;
import java.util.Optional;
import org.sparkxception.NativeCache;
import org.sparkxception.UserException;

/** DJL's PyTorch engine, started once in a JVM: offline and without telemetry. */
public final class TorchEngine {
    private static Optional<Engine> engine = Optional.empty();

    private TorchEngine() {}

    /** @throws UserException (exit code 6) with the loader's own words, each time that it is asked for and cannot be loaded */
    public static synchronized Engine get() {
        Engine started = engine.orElseGet(TorchEngine::start);
        engine = Optional.of(started);
        return started;
    }

    /** Such as {@code libtorch 2.7.1}. */
    public static String version() {
        return "libtorch " + get().getVersion();
    }

    /**
     * Readies the calling thread for libtorch: it uses this many threads for one operator (OpenMP keeps the number with the thread
     * that calls), and does not optimize programs at run time, which is a setting of each thread too. The programs are fused
     * already; libtorch would only profile them, again for every new size.
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
