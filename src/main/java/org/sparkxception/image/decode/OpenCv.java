package org.sparkxception.image.decode;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.sparkxception.NativeCache;
import org.sparkxception.UserException;

/** Loads OpenCV's native libraries, once per JVM. */
public final class OpenCv {
    private static final Set<Class<?>> LOADED = new HashSet<>();

    private OpenCv() {}

    /**
     * Loads the libraries for decoding.
     *
     * @throws UserException (exit code 6) with the loader's message, if they cannot be loaded
     */
    public static void load() {
        load(opencv_imgcodecs.class);
    }

    /** Also loads the libraries for resizing and color conversion; see {@link #load}. */
    static void loadProcessing() {
        load();
        load(opencv_imgproc.class);
    }

    private static synchronized void load(Class<?> part) {
        if (LOADED.contains(part)) {
            return;
        }
        // JavaCPP reads its settings once, when its classes are loaded.
        Path cache = NativeCache.directory().resolve("javacpp");
        setIfAbsent("org.bytedeco.javacpp.cachedir", cache.toString());
        // These limits would include libtorch's memory; the limits of pixels and bytes per image are used instead.
        setIfAbsent("org.bytedeco.javacpp.maxBytes", "0");
        setIfAbsent("org.bytedeco.javacpp.maxPhysicalBytes", "0");
        NativeCache.load("OpenCV", () -> Loader.load(part));
        // Images are decoded in parallel instead.
        opencv_core.setNumThreads(1);
        LOADED.add(part);
    }

    private static void setIfAbsent(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
