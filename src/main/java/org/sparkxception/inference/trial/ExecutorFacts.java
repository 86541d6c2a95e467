package org.sparkxception.inference.trial;

import java.io.Serializable;

/** Device, engine and program of an executor. */
public final class ExecutorFacts implements Serializable {
    private static final long serialVersionUID = 1;

    private final String executor;
    private final String host;
    private final String device;
    private final String engine;
    private final String program;

    public ExecutorFacts(String executor, String host, String device, String engine, String program) {
        this.executor = executor;
        this.host = host;
        this.device = device;
        this.engine = engine;
        this.program = program;
    }

    /** The executor id in Spark; {@code driver} in local mode. */
    public String executor() {
        return executor;
    }

    public String host() {
        return host;
    }

    /** The device, such as {@code cpu} or {@code gpu 0}. */
    public String device() {
        return device;
    }

    /** The name and version of libtorch. */
    public String engine() {
        return engine;
    }

    /** The precision, and whether the portable program replaces the fused one. */
    public String program() {
        return program;
    }
}
