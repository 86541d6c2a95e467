package org.sparkxception.spark;

import java.lang.reflect.Constructor;
import java.util.Arrays;
import org.apache.spark.SparkUserAppException;

/** How the main class of an application passes an exit code other than 0 to Spark. */
public final class ApplicationExit {
    private ApplicationExit() {}

    /** Returns the exception to throw. Its constructor takes the code and, since Spark 4.1, a cause. */
    public static SparkUserAppException withCode(int code) {
        Constructor<?> constructor = SparkUserAppException.class.getConstructors()[0];
        Object[] arguments = Arrays.copyOf(new Object[] {code}, constructor.getParameterCount());
        try {
            return (SparkUserAppException) constructor.newInstance(arguments);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this version of Spark is not supported", e);
        }
    }
}
