package org.sparkxception.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.commons.text.WordUtils;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The options of a command in {@code --help}. Each mixin with a heading is a section, in the order of its fields; before these come the
 * command's own options, and after them help and version. Lines are broken only at spaces.
 */
final class OptionSections {
    private static final int INDENT = 2;

    /** An option with a longer name has its description below it. */
    private static final int MAX_NAME = 24;

    private final Help help;
    private final int column;

    private OptionSections(Help help) {
        this.help = help;
        int longest = help.commandSpec().options().stream()
                .mapToInt(option -> name(option).length())
                .filter(length -> length <= MAX_NAME)
                .max()
                .orElse(0);
        this.column = INDENT + longest + INDENT;
    }

    static String render(Help help) {
        CommandSpec command = help.commandSpec();
        List<CommandSpec> topics = command.mixins().values().stream()
                .filter(mixin -> !mixin.usageMessage().optionListHeading().isEmpty())
                .toList();
        List<OptionSpec> standard = command.options().stream()
                .filter(option -> option.usageHelp() || option.versionHelp())
                .toList();
        List<OptionSpec> own = new ArrayList<>(command.options());
        topics.forEach(topic -> own.removeAll(topic.options()));
        own.removeAll(standard);

        OptionSections sections = new OptionSections(help);
        return sections.section(command.usageMessage().optionListHeading(), own)
                + topics.stream()
                        .map(topic -> sections.section(topic.usageMessage().optionListHeading(), topic.options()))
                        .collect(Collectors.joining())
                + sections.section("", standard);
    }

    private String section(String heading, List<OptionSpec> options) {
        StringBuilder text = new StringBuilder();
        if (!options.isEmpty()) {
            text.append('\n').append(heading).append(heading.isEmpty() ? "" : "\n");
            options.forEach(option -> add(option, text));
        }
        return text.toString();
    }

    private void add(OptionSpec option, StringBuilder text) {
        String name = name(option);
        text.append(" ".repeat(INDENT)).append(help.colorScheme().optionText(name));
        String margin = "\n" + " ".repeat(column);
        text.append(name.length() <= MAX_NAME ? " ".repeat(column - INDENT - name.length()) : margin);
        int width = help.commandSpec().usageMessage().width() - column;
        for (int i = 0; i < option.description().length; i++) {
            text.append(i == 0 ? "" : margin).append(WordUtils.wrap(option.description()[i], width, margin, false));
        }
        text.append('\n');
    }

    private static String name(OptionSpec option) {
        return String.join(", ", option.names()) + (option.arity().max() == 0 ? "" : "=" + option.paramLabel());
    }
}
