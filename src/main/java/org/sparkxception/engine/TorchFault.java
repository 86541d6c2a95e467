package org.sparkxception.engine;

import java.util.regex.Pattern;

/** Error messages of libtorch, without the stack traces of its interpreter and its advice. */
public final class TorchFault {
    private static final String RAISED = "RuntimeError: ";

    /** Messages of the allocators of CUDA and of the CPU. */
    private static final Pattern OUT_OF_MEMORY =
            Pattern.compile("out of memory|DefaultCPUAllocator: (can't allocate|not enough) memory");

    private TorchFault() {}

    public static boolean isOutOfMemory(Throwable fault) {
        return OUT_OF_MEMORY.matcher(rootMessage(fault)).find();
    }

    /** Returns the first sentence of the message, without its period. */
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
