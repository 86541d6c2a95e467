package org.sparkxception;

/** Exit codes of the process: the contract with schedulers such as Airflow. */
public enum ExitCode {
    /** Every image has a row, including when there was nothing to do. */
    COMPLETE(0),
    /** An unexpected error: a bug, or a failure that has no code of its own. */
    UNEXPECTED(1),
    /** The command line, a settings file or a model file is invalid. */
    USAGE(2),
    /** The input cannot be listed or contains no images. */
    INPUT(3),
    /** All results are written, but more images failed, or more truths are not labels of the model, than allowed. */
    TOO_MANY_FAILURES(4),
    /** The output belongs to a run with different settings. */
    OTHER_RUN(5),
    /** The model or the device does not work. */
    MODEL(6),
    /** Another process is writing to the output: try again later. */
    LOCKED(7);

    private final int code;

    ExitCode(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }
}
