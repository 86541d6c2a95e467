package org.sparkxception.inference;

/** What libtorch says of a program that does not work, without the traces of its interpreter and its advice. */
final class TorchFault {
    private static final String RAISED = "RuntimeError: ";

    private TorchFault() {}

    /** The first sentence, without its full stop. */
    static String sentence(Throwable fault) {
        Throwable root = fault;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String message = String.valueOf(root.getMessage());
        int raised = message.lastIndexOf(RAISED);
        String said = raised < 0 ? message : message.substring(raised + RAISED.length());
        return said.strip().replaceFirst("(?s)(\\.\\s|[.:]?\\n|\\.$).*$", "");
    }
}
