package org.sparkxception.cli;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.text.similarity.LevenshteinDistance;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/** What is wrong with the arguments of a command, as a sentence. */
final class UsageError {
    private static final int LETTERS_PER_TYPO = 3;

    private UsageError() {}

    /** An unknown word comes first: a required option may be missing only because its name is mistyped. */
    static String sentence(ParameterException e) {
        List<String> unknown = e.getCommandLine().getUnmatchedArguments();
        if (!unknown.isEmpty()) {
            return unknown(unknown.get(0), e.getCommandLine());
        }
        if (e.getArgSpec() instanceof OptionSpec option && e.getCause() instanceof TypeConversionException) {
            return option.longestName() + " must be " + values(option) + " but was " + e.getValue();
        }
        String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        return message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1);
    }

    private static String unknown(String word, CommandLine command) {
        if (word.startsWith("-")) {
            String option = word.replaceFirst("=.*", "");
            return "unknown option " + option + suggestion(option, optionNames(command));
        }
        if (!command.getSubcommands().isEmpty()) {
            List<String> commands = command.getSubcommands().entrySet().stream()
                    .filter(entry ->
                            !entry.getValue().getCommandSpec().usageMessage().hidden())
                    .map(entry -> entry.getKey())
                    .toList();
            return "unknown command " + word + suggestion(word, commands);
        }
        return "unexpected argument " + word + ": put globs in quotes, and repeat the option for each further value";
    }

    /** The long names of all options. */
    static List<String> optionNames(CommandLine command) {
        return command.getCommandSpec().options().stream()
                .map(OptionSpec::longestName)
                .toList();
    }

    /** The end of a message about an unknown name: a question, or nothing if no name is near. */
    static String suggestion(String unknown, Collection<String> names) {
        LevenshteinDistance distance = LevenshteinDistance.getDefaultInstance();
        return names.stream()
                .filter(name -> name.startsWith(unknown)
                        || distance.apply(name, unknown) <= unknown.length() / LETTERS_PER_TYPO)
                .min(Comparator.comparing(name -> distance.apply(name, unknown)))
                .map(name -> ", did you mean " + name + "?")
                .orElse("");
    }

    private static String values(OptionSpec option) {
        Class<?>[] types = option.auxiliaryTypes();
        Class<?> type = types[types.length - 1];
        if (type.isEnum()) {
            List<String> words =
                    Arrays.stream(type.getEnumConstants()).map(Object::toString).toList();
            return words.subList(0, words.size() - 1).stream().collect(Collectors.joining(", ")) + " or "
                    + words.get(words.size() - 1);
        }
        if (type == boolean.class || type == Boolean.class) {
            return "true or false";
        }
        boolean whole = Stream.of(int.class, Integer.class, long.class).anyMatch(type::equals);
        return whole ? "a whole number" : "a number";
    }
}
