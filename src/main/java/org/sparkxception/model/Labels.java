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
 * What the classes are called, in the order of the network's outputs.
 *
 * @param names for people; two classes may have the same, as ImageNet's two cranes do
 * @param ids for data sets, such as ImageNet's synsets: one a class, each another; or none at all
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
                throw new IllegalArgumentException("the id " + id + " stands twice: each class needs another");
            }
        }
    }

    /** Labels without ids. */
    public static Labels of(List<String> names) {
        return new Labels(names, List.of());
    }

    /**
     * Reads a text with one label a line (a last empty line is none), or {@code label TAB id}.
     *
     * @throws IllegalArgumentException if a line has no label, or the ids are not one a label; it says which
     */
    static Labels parse(String text) {
        List<String> lines = text.stripTrailing().lines().map(String::strip).toList();
        boolean withIds = lines.stream().anyMatch(line -> line.indexOf(BETWEEN) >= 0);
        List<String> names = new ArrayList<>();
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.isEmpty()) {
                throw new IllegalArgumentException("line " + (i + 1) + " is empty: a label must stand on every line");
            }
            int tab = line.indexOf(BETWEEN);
            if (withIds && tab < 0) {
                throw new IllegalArgumentException(
                        "line " + (i + 1) + " has no tab and id after its label, where other lines have");
            }
            names.add(withIds ? line.substring(0, tab).strip() : line);
            if (withIds) {
                ids.add(line.substring(tab + 1).strip());
            }
        }
        return new Labels(names, ids);
    }

    /** The text that {@link #parse} reads. */
    String text() {
        return IntStream.range(0, names.size())
                .mapToObj(i -> (ids.isEmpty() ? names.get(i) : names.get(i) + BETWEEN + ids.get(i)) + "\n")
                .collect(Collectors.joining());
    }

    /** A word as it is compared: file systems and label files write the same letters in several forms of Unicode. */
    public static String compared(String word) {
        return Normalizer.normalize(word, Normalizer.Form.NFC);
    }

    /** Which class a {@linkplain #compared word} means: a class has its id, and its name if no other class has it. */
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
