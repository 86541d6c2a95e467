package org.sparkxception.cli;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.TreeSet;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import picocli.CommandLine;

/**
 * A properties file with options by their long names: {@code top-k=10}. A repeatable option takes more values as {@code input.1},
 * {@code input.2} and so on. An empty value means that the option is not set. Options on the command line take precedence.
 */
final class ConfFile {
    static final String OPTION = "--conf";

    private ConfFile() {}

    /**
     * Adds the options of the file that the arguments do not contain.
     *
     * @throws UserException (exit code 2) if the file cannot be read or has an unknown option
     */
    static String[] expand(String[] arguments, CommandLine line) {
        CommandLine command = line.getSubcommands().get(arguments[0]);
        List<String> given = List.of(arguments);
        String file = value(given);
        if (command == null || file.isEmpty()) {
            return arguments;
        }
        Properties properties = read(Path.of(file));
        List<String> expanded = new ArrayList<>(given);
        for (String key : new TreeSet<>(properties.stringPropertyNames())) {
            String option = "--" + key.replaceFirst("\\.[0-9]+$", "");
            requireKnown(option, file, command);
            boolean said = given.stream().anyMatch(word -> word.equals(option) || word.startsWith(option + "="));
            String value = properties.getProperty(key).strip();
            if (!said && !value.isEmpty()) {
                expanded.add(option + "=" + value);
            }
        }
        return expanded.toArray(String[]::new);
    }

    private static String value(List<String> arguments) {
        for (int i = 0; i < arguments.size(); i++) {
            if (arguments.get(i).startsWith(OPTION + "=")) {
                return arguments.get(i).substring(OPTION.length() + 1);
            } else if (arguments.get(i).equals(OPTION) && i + 1 < arguments.size()) {
                return arguments.get(i + 1);
            }
        }
        return "";
    }

    private static Properties read(Path file) {
        Properties properties = new Once(file);
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(reader);
            return properties;
        } catch (IOException | IllegalArgumentException e) {
            throw new UserException(
                    ExitCode.USAGE, "the settings file " + file + " cannot be read (" + e + "): check --conf", e);
        }
    }

    /** Rejects duplicate keys, of which {@code Properties} would silently keep only the last value. */
    private static final class Once extends Properties {
        private static final long serialVersionUID = 1;

        private final String file;

        Once(Path file) {
            this.file = file.toString();
        }

        @Override
        public synchronized Object put(Object key, Object value) {
            if (containsKey(key)) {
                throw new UserException(
                        ExitCode.USAGE,
                        file + ": duplicate key " + key + ": delete one, or use " + key + ".1 and " + key
                                + ".2 if the option is repeatable");
            }
            return super.put(key, value);
        }
    }

    private static void requireKnown(String option, String file, CommandLine command) {
        List<String> known = UsageError.optionNames(command).stream()
                .filter(name -> !name.equals(OPTION))
                .map(ConfFile::key)
                .toList();
        if (!known.contains(key(option))) {
            throw new UserException(
                    ExitCode.USAGE,
                    file + ": unknown option " + key(option) + UsageError.suggestion(key(option), known));
        }
    }

    private static String key(String option) {
        return option.substring("--".length());
    }
}
