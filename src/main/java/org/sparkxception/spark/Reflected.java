package org.sparkxception.spark;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import scala.collection.Iterable;
import scala.collection.Iterator;

/** Methods of Spark that return sequences of Scala, which have other types in Scala 2.12 than in 2.13. */
final class Reflected {
    private Reflected() {}

    static Method method(Class<?> owner, String name, Class<?>... parameters) {
        try {
            return owner.getMethod(name, parameters);
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("this version of Spark is not supported", e);
        }
    }

    /** Returns the elements of the sequence that a method returns. */
    static <T> List<T> call(Class<T> type, Method method, Object target, Object... arguments) {
        try {
            return elements(method.invoke(target, arguments), type);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException(e);
        }
    }

    static <T> List<T> elements(Object sequence, Class<T> type) {
        List<T> elements = new ArrayList<>();
        Iterator<?> iterator = ((Iterable<?>) sequence).iterator();
        while (iterator.hasNext()) {
            elements.add(type.cast(iterator.next()));
        }
        return elements;
    }
}
