package org.sparkxception;

import java.util.Set;

/** Makes untrusted text, such as file names and labels, safe to print on one line of a terminal or a log. */
public final class PlainText {
    /** Characters that reorder the text around them, so that it reads differently from what it contains. */
    private static final Set<Byte> DIRECTIONS = Set.of(
            Character.DIRECTIONALITY_LEFT_TO_RIGHT_EMBEDDING,
            Character.DIRECTIONALITY_LEFT_TO_RIGHT_OVERRIDE,
            Character.DIRECTIONALITY_LEFT_TO_RIGHT_ISOLATE,
            Character.DIRECTIONALITY_RIGHT_TO_LEFT_EMBEDDING,
            Character.DIRECTIONALITY_RIGHT_TO_LEFT_OVERRIDE,
            Character.DIRECTIONALITY_RIGHT_TO_LEFT_ISOLATE,
            Character.DIRECTIONALITY_POP_DIRECTIONAL_FORMAT,
            Character.DIRECTIONALITY_POP_DIRECTIONAL_ISOLATE,
            Character.DIRECTIONALITY_FIRST_STRONG_ISOLATE);

    private PlainText() {}

    /** Escapes characters that would move the cursor, set colors, end the line or reorder the text, as Java and JSON do. */
    public static String of(String text) {
        if (text.chars().noneMatch(PlainText::controls)) {
            return text;
        }
        StringBuilder plain = new StringBuilder();
        text.chars().forEach(c -> {
            if (controls(c)) {
                plain.append(escaped((char) c));
            } else {
                plain.append((char) c);
            }
        });
        return plain.toString();
    }

    private static boolean controls(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
            default -> DIRECTIONS.contains(Character.getDirectionality(c));
        };
    }

    private static String escaped(char c) {
        return switch (c) {
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            default -> "\\u%04x".formatted((int) c);
        };
    }
}
