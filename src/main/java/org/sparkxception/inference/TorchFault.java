package org.sparkxception.inference;

/** What libtorch says of a program that does not work, without the traces of its interpreter. */
final class TorchFault {
    private static final String RAISED = "RuntimeError: ";

    private TorchFault() {}

    /** One line. */
    static String sentence(Throwable fault) {
        Throwable root = fault;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String message = String.valueOf(root.getMessage());
        String said = message.substring(Math.max(0, message.lastIndexOf(RAISED)));
        return said.lines()
                .findFirst()
                .orElse("")
                .replaceFirst("^" + RAISED, "")
                .strip();
    }
}
