package org.sparkxception.inference.trial;

import java.io.Serializable;

/** What an executor computes with. */
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

    /** Spark's name of it; that of local mode is {@code driver}. */
    public String executor() {
        return executor;
    }

    public String host() {
        return host;
    }

    /** Such as {@code cpu} and {@code gpu 0}. */
    public String device() {
        return device;
    }

    /** libtorch and its version. */
    public String engine() {
        return engine;
    }

    /** Which program of the network it runs, at which precision. */
    public String program() {
        return program;
    }
}
