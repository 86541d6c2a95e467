package org.sparkxception.model;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The names and ids of the classes, in the order of the network's outputs.
 *
 * @param names human-readable names; two classes can have the same name, such as ImageNet's two cranes
 * @param ids ids in datasets, such as ImageNet's synsets: one unique id per class, or empty
 */
public record Labels(List<String> names, List<String> ids) {
    private static final char BETWEEN = '\t';

    public Labels {
        names = List.copyOf(names);
        ids = List.copyOf(ids);
        if (!ids.isEmpty() && ids.size() != names.size()) {
            throw new IllegalArgumentException("there are " + names.size() + " labels, but " + ids.size() + " ids");
        }
        Set<String> seen = new HashSet<>();
        for (String id : ids) {
            if (!seen.add(compared(id))) {
                throw new IllegalArgumentException("duplicate id " + id + ": each class must have its own id");
            }
        }
    }

    /** Returns labels without ids. */
    public static Labels of(List<String> names) {
        return new Labels(names, List.of());
    }

    /**
     * Reads a text with one label per line, or {@code label TAB id}; trailing empty lines are ignored.
     *
     * @throws IllegalArgumentException if a line has no label, or has no id although other lines do; the message contains the line number
     */
    static Labels parse(String text) {
        List<String> lines = text.stripTrailing().lines().map(String::strip).toList();
        boolean withIds = lines.stream().anyMatch(line -> line.indexOf(BETWEEN) >= 0);
        List<String> names = new ArrayList<>();
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.isEmpty()) {
                throw new IllegalArgumentException("line " + (i + 1) + " is empty: each line must have a label");
            }
            int tab = line.indexOf(BETWEEN);
            if (withIds && tab < 0) {
                throw new IllegalArgumentException(
                        "line " + (i + 1) + " has no tab and id after its label, but other lines do");
            }
            names.add(withIds ? line.substring(0, tab).strip() : line);
            if (withIds) {
                ids.add(line.substring(tab + 1).strip());
            }
        }
        return new Labels(names, ids);
    }

    /** Returns the text for {@link #parse}. */
    String text() {
        return IntStream.range(0, names.size())
                .mapToObj(i -> (ids.isEmpty() ? names.get(i) : names.get(i) + BETWEEN + ids.get(i)) + "\n")
                .collect(Collectors.joining());
    }

    /** Normalizes a word for comparison: file systems and labels files use different Unicode forms of the same letters. */
    public static String compared(String word) {
        return Normalizer.normalize(word, Normalizer.Form.NFC);
    }

    /** Returns class indices by {@linkplain #compared normalized} id, and by normalized name if the name is unique. */
    public Map<String, Integer> classes() {
        Map<String, Integer> classes = new HashMap<>();
        Set<String> ofSeveral = new HashSet<>();
        for (int i = 0; i < names.size(); i++) {
            String name = compared(names.get(i));
            if (classes.put(name, i) != null) {
                ofSeveral.add(name);
            }
        }
        classes.keySet().removeAll(ofSeveral);
        for (int i = 0; i < ids.size(); i++) {
            classes.put(compared(ids.get(i)), i);
        }
        return classes;
    }
}
