package org.sparkxception.model.torchscript;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Writes the subset of Python's pickle protocol 2 that a TorchScript archive needs.
 *
 * <p>Sources: {@code pickletools} of CPython for the opcodes; {@code torch/csrc/jit/serialization/pickler.cpp} for their use in
 * libtorch.
 */
final class Pickle {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** A value that an archive can contain. */
    interface Value {
        void write(Pickle pickle);
    }

    static byte[] emptyTuple() {
        Pickle pickle = new Pickle();
        pickle.protocol().op(')').op('.');
        return pickle.out.toByteArray();
    }

    /** Returns the pickle of an object of a TorchScript class, with its attributes in order. */
    static byte[] object(String module, String className, Map<String, Value> attributes) {
        Pickle pickle = new Pickle();
        pickle.protocol()
                .global(module, className)
                .op(')')
                .op((char) 0x81)
                .op('}')
                .op('(');
        attributes.forEach((name, value) -> {
            pickle.string(name);
            value.write(pickle);
        });
        pickle.op('u').op('b').op('.');
        return pickle.out.toByteArray();
    }

    static Value bool(boolean value) {
        return pickle -> pickle.op(value ? (char) 0x88 : (char) 0x89);
    }

    /** Returns a tensor over the storage {@code data/KEY}, of a type such as {@code FloatStorage}; strides are in elements. */
    static Value tensor(String storageType, String key, int[] shape, int[] strides) {
        return pickle -> {
            int size = 1;
            for (int dimension : shape) {
                size *= dimension;
            }
            pickle.global("torch._utils", "_rebuild_tensor_v2").op('(');
            pickle.op('(').string("storage").global("torch", storageType);
            pickle.string(key).string("cpu").integer(size).op('t').op('Q');
            pickle.integer(0).tuple(shape).tuple(strides);
            bool(false).write(pickle);
            pickle.global("collections", "OrderedDict").op(')').op('R');
            pickle.op('t').op('R');
        };
    }

    private Pickle protocol() {
        return op((char) 0x80).op((char) 2);
    }

    private Pickle op(char code) {
        out.write(code);
        return this;
    }

    private Pickle global(String module, String name) {
        op('c');
        out.writeBytes((module + "\n" + name + "\n").getBytes(StandardCharsets.US_ASCII));
        return this;
    }

    private Pickle string(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return op('X').littleEndian(bytes.length).bytes(bytes);
    }

    private Pickle integer(int value) {
        return op('J').littleEndian(value);
    }

    private Pickle tuple(int[] values) {
        op('(');
        for (int value : values) {
            integer(value);
        }
        return op('t');
    }

    private Pickle littleEndian(int value) {
        return bytes(ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array());
    }

    private Pickle bytes(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }
}
