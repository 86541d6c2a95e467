package org.sparkxception.cli;

import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.sparkxception.InvalidSetting;
import picocli.CommandLine;

/** Writes the settings that a message names as options: the only place that knows that {@code precision} is {@code --precision}. */
final class OptionNames {
    private static final Pattern SETTING = Pattern.compile("`([a-z][a-z-]*)`");

    /** The options of all commands. Other words in backticks, such as a column in a message of Spark, are no settings. */
    private static final Set<String> OPTIONS = new CommandLine(Main.class)
            .getSubcommands().values().stream()
                    .flatMap(command -> command.getCommandSpec().optionsMap().keySet().stream())
                    .collect(Collectors.toUnmodifiableSet());

    private OptionNames() {}

    /** Replaces settings in backticks: "omit `truth`" becomes "omit --truth". */
    static String in(String message) {
        return SETTING.matcher(message)
                .replaceAll(found -> isSetting(found.group(1)) ? option(found.group(1)) : found.group());
    }

    /** Describes an invalid setting: "--batch-size must be from 1 to 1024 but was 0". */
    static String in(InvalidSetting invalid) {
        return "%s must be %s but was %s".formatted(option(invalid.setting()), invalid.rule(), invalid.value());
    }

    static boolean isSetting(String name) {
        return OPTIONS.contains(option(name));
    }

    private static String option(String setting) {
        return "--" + setting;
    }
}
