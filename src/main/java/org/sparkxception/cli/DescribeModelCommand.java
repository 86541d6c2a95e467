package org.sparkxception.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.sparkxception.ExitCode;
import org.sparkxception.PlainText;
import org.sparkxception.model.Activation;
import org.sparkxception.model.Architecture.IntermediateActivation;
import org.sparkxception.model.FeatureMap;
import org.sparkxception.model.ModelBundle;
import org.sparkxception.model.ModelDescription;
import org.sparkxception.model.ModelDescription.LayerDescription;
import org.sparkxception.model.Preprocessing;
import org.sparkxception.model.TorchScriptNetwork;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Prints a description of a model. */
@Command(
        name = "describe-model",
        description =
                "Prints the layers of a model with their shapes, parameters and multiply-adds, and its other properties.",
        optionListHeading = "Options:",
        mixinStandardHelpOptions = true)
final class DescribeModelCommand implements Callable<Integer> {
    private static final int FIRST_LABELS = 5;
    private static final String ROW = "%-24s %-18s %13s %12s %15s%n";

    private static final String ITS_OWN_PROGRAM =
            "network        a TorchScript program: classify runs it only with --trust-code\n";

    @Mixin
    private ModelOption model;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    public Integer call() throws JsonProcessingException {
        ModelBundle bundle = model.read(new Configuration());
        ModelDescription description = ModelDescription.of(bundle);
        Activation activation = Activation.MODEL.resolve(bundle.network());
        if (json) {
            print(json(description, activation));
        } else {
            print((bundle.network() instanceof TorchScriptNetwork ? ITS_OWN_PROGRAM : table(description))
                    + text(description, activation, bundle.network().units() == 1));
        }
        return ExitCode.COMPLETE.code();
    }

    /** Escapes control characters in layer names, which come from the file; within JSON the escapes are valid JSON. */
    private static void print(String lines) {
        lines.lines().map(PlainText::of).forEach(System.out::println);
    }

    private static String json(ModelDescription description, Activation activation) throws JsonProcessingException {
        JsonMapper mapper = new JsonMapper();
        ObjectNode tree = mapper.valueToTree(description);
        tree.put("defaultActivation", activation.label());
        return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(tree) + "\n";
    }

    private static String table(ModelDescription description) {
        StringBuilder text = new StringBuilder();
        text.append(ROW.formatted("layer", "class", "output", "parameters", "multiply-adds"));
        for (LayerDescription layer : description.layers()) {
            text.append(ROW.formatted(
                    PlainText.of(layer.name()),
                    layer.type(),
                    shape(layer.output()),
                    number(layer.parameters()),
                    number(layer.multiplyAdds())));
        }
        text.append(
                ROW.formatted("total", "", "", number(description.parameters()), number(description.multiplyAdds())));
        text.append("""

                parameters     %,d, of which %,d are trainable
                multiply-adds  %,d per image, in convolutions and dense layers
                variant        %s
                """.formatted(
                        description.parameters(),
                        description.trainableParameters(),
                        description.multiplyAdds(),
                        variant(description)));
        return text.toString();
    }

    private static String text(ModelDescription description, Activation activation, boolean oneOutput) {
        return """
                input          %s
                preprocessing  %s
                head           %s
                labels         %s
                size           %,d bytes
                fingerprint    %s
                """.formatted(
                        shape(description.input()),
                        describe(description.preprocessing()),
                        head(description, activation, oneOutput),
                        labels(description.labels()),
                        description.bytes(),
                        description.fingerprint());
    }

    private static String head(ModelDescription description, Activation activation, boolean oneOutput) {
        return description.classes() == 0
                ? "no classes: the output is an embedding, for classify --embedding"
                : "%d classes%s; scores are %s, unless --activation is set"
                        .formatted(
                                description.classes(),
                                oneOutput ? ", from one output, the score of the second" : "",
                                activation == Activation.NONE ? "its outputs" : "by " + activation.label());
    }

    private static String variant(ModelDescription description) {
        boolean none = description.intermediateActivation() == IntermediateActivation.NONE;
        return "%s residual connections, %s between depthwise and pointwise convolutions"
                .formatted(
                        description.residualConnections() ? "with" : "without",
                        none
                                ? "no activation"
                                : description.intermediateActivation().label());
    }

    private static String shape(FeatureMap map) {
        return map.height() + "×" + map.width() + "×" + map.channels();
    }

    private static String number(long value) {
        return "%,d".formatted(value);
    }

    private static String describe(Preprocessing preprocessing) {
        return "%s, then (value / 255 - mean) / deviation, for red, green, blue: mean %s, deviation %s"
                .formatted(preprocessing.resize().summary(), preprocessing.mean(), preprocessing.deviation());
    }

    private static String labels(List<String> labels) {
        return labels.isEmpty() ? "none" : labels.size() + ": " + PlainText.of(firstOf(labels));
    }

    private static String firstOf(List<String> labels) {
        return labels.stream().limit(FIRST_LABELS).collect(Collectors.joining(", "))
                + (labels.size() > FIRST_LABELS ? ", …" : "");
    }
}
