package org.sparkxception;

/** What the process tells its caller when it ends: the contract with schedulers such as Airflow. */
public enum ExitCode {
    /** Every image has its row; also when there was nothing left to do. */
    COMPLETE(0),
    /** A bug or a fault that nobody foresaw. */
    UNEXPECTED(1),
    /** The command line, a settings file or a model file is wrong. */
    USAGE(2),
    /** The input cannot be listed, or holds no image. */
    INPUT(3),
    /** All results are written, but more images failed than was allowed, or the truth of more was none of the model's labels. */
    TOO_MANY_FAILURES(4),
    /** The output belongs to a run with other settings. */
    OTHER_RUN(5),
    /** The model or the device does not work. */
    MODEL(6),
    /** Another process writes to the output: try again later. */
    LOCKED(7);

    private final int code;

    ExitCode(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }
}
