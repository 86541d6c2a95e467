package org.sparkxception.engine;

import java.util.regex.Pattern;

/** What libtorch says of a program that does not work, without the traces of its interpreter and its advice. */
public final class TorchFault {
    private static final String RAISED = "RuntimeError: ";

    /** Of CUDA's allocator, and of the CPU's. */
    private static final Pattern OUT_OF_MEMORY =
            Pattern.compile("out of memory|DefaultCPUAllocator: (can't allocate|not enough) memory");

    private TorchFault() {}

    public static boolean isOutOfMemory(Throwable fault) {
        return OUT_OF_MEMORY.matcher(rootMessage(fault)).find();
    }

    /** The first sentence, without its full stop. */
    public static String sentence(Throwable fault) {
        String message = rootMessage(fault);
        int raised = message.lastIndexOf(RAISED);
        String said = raised < 0 ? message : message.substring(raised + RAISED.length());
        return said.strip().replaceFirst("(?s)(\\.\\s|[.:]?\\n|\\.$).*$", "");
    }

    private static String rootMessage(Throwable fault) {
        Throwable root = fault;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }
}
