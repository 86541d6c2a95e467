package org.sparkxception;

/**
 * A setting whose value breaks its rule. The command line writes its name as an option; in Java, the setter of a builder has the same
 * name in camel case: {@code batchSize} for {@code batch-size}.
 */
public final class InvalidSetting extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    private final String setting;
    private final String rule;
    private final String value;

    /**
     * Creates the error; its message is "batch-size must be from 1 to 1024 but was 0".
     *
     * @param setting the name in {@code conf/job.properties}, such as "batch-size"
     * @param rule what the value must be, such as "from 1 to 1024"
     */
    public InvalidSetting(String setting, String rule, Object value) {
        super(setting + " must be " + rule + " but was " + value);
        this.setting = setting;
        this.rule = rule;
        this.value = String.valueOf(value);
    }

    /**
     * Returns a value that is in a range.
     *
     * @param min smallest valid value
     * @param max largest valid value
     * @throws InvalidSetting if the value is outside the range
     */
    public static long requireRange(String setting, long value, long min, long max) {
        if (value < min || value > max) {
            throw new InvalidSetting(setting, "from " + min + " to " + max, value);
        }
        return value;
    }

    /**
     * Returns a value that is from 0 to 1.
     *
     * @throws InvalidSetting if it is not, or is not a number
     */
    public static double requireFraction(String setting, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new InvalidSetting(setting, "from 0 to 1", value);
        }
        return value;
    }

    /** The name in {@code conf/job.properties}, such as "batch-size". */
    public String setting() {
        return setting;
    }

    /** What the value must be, such as "from 1 to 1024". */
    public String rule() {
        return rule;
    }

    /** The value that breaks the rule. */
    public String value() {
        return value;
    }
}
