package org.sparkxception.image;

import java.nio.file.Path;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.sparkxception.NativeCache;

/** Loads OpenCV's native libraries, once in a JVM. */
final class OpenCv {
    static {
        // JavaCPP reads its settings once, when its classes load.
        Path cache = NativeCache.directory().resolve("javacpp");
        setIfAbsent("org.bytedeco.javacpp.cachedir", cache.toString());
        // These limits count all memory of the process, libtorch's too; ours are --max-pixels and --max-bytes.
        setIfAbsent("org.bytedeco.javacpp.maxBytes", "0");
        setIfAbsent("org.bytedeco.javacpp.maxPhysicalBytes", "0");
        NativeCache.locked(() -> Loader.load(opencv_imgcodecs.class));
        // Several images are decoded at once instead.
        opencv_core.setNumThreads(1);
    }

    private OpenCv() {}

    /** Returns when the libraries are loaded. */
    static void load() {
        // The static block has done it.
    }

    private static void setIfAbsent(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
