package org.sparkxception;

/** Exit codes of the process: the contract with schedulers such as Airflow. */
public enum ExitCode {
    /** Every image has a row, including when there was nothing to do. */
    COMPLETE(0, "complete"),
    /** An unexpected error: a bug, or a failure that has no code of its own. */
    UNEXPECTED(1, "unexpected error"),
    /** The command line, a settings file or a model file is invalid. */
    USAGE(2, "usage or configuration error"),
    /** The input cannot be listed or contains no images. */
    INPUT(3, "the input cannot be listed or is empty"),
    /** All results are written, but more images failed, or more truths are not labels of the model, than allowed. */
    TOO_MANY_FAILURES(4, "more failures than `max-failed-fraction` allows"),
    /** The output belongs to a run with different settings. */
    OTHER_RUN(5, "the output belongs to another run"),
    /** The model or the device does not work. */
    MODEL(6, "the model or the device does not work"),
    /** Another process is writing to the output: try again later. */
    LOCKED(7, "another process is writing to the output");

    private final int code;
    private final String meaning;

    ExitCode(int code, String meaning) {
        this.code = code;
        this.meaning = meaning;
    }

    public int code() {
        return code;
    }

    /** What the code means, in a few words, for the help. */
    public String meaning() {
        return meaning;
    }
}
