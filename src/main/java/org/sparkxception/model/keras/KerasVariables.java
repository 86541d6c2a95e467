package org.sparkxception.model.keras;

import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.sparkxception.model.keras.HdfTensors.Variable;

/** Finds the variables of a network's layers in a file. */
interface KerasVariables {
    /**
     * Returns the variables of a layer by name, such as {@code kernel}; empty if it has none.
     *
     * @param names the variables of a layer with its class and settings, in Keras' order
     */
    Map<String, Variable> of(KerasLayer layer, List<String> names);

    /**
     * Variables by name: {@code LAYER/LAYER/kernel:0}, or {@code MODEL/LAYER/kernel} for a layer of a nested model.
     *
     * <p>Source: {@code keras/src/legacy/saving/legacy_h5_format.py}.
     */
    static KerasVariables named(Group root) {
        Map<String, Map<String, Variable>> byOwner = new HashMap<>();
        HdfTensors.Met met = new HdfTensors.Met();
        for (Node top : root.getChildren().values()) {
            if (top instanceof Group group) {
                collect(top.getName(), group, byOwner, met);
            }
        }
        return (layer, names) -> {
            String top =
                    layer.models().isEmpty() ? layer.name() : layer.models().get(0);
            return byOwner.getOrDefault(top + "/" + layer.name(), Map.of());
        };
    }

    private static void collect(
            String top, Group group, Map<String, Map<String, Variable>> byOwner, HdfTensors.Met met) {
        met.add(group);
        for (Node child : group.getChildren().values()) {
            if (child instanceof Group inner) {
                collect(top, inner, byOwner, met);
            } else if (child instanceof Dataset dataset) {
                String name = child.getName().replaceFirst(":\\d+$", "");
                Variable before = byOwner.computeIfAbsent(top + "/" + group.getName(), owner -> new HashMap<>())
                        .put(name, new Variable(dataset));
                if (before != null) {
                    throw new IllegalArgumentException("the tensors " + before.path() + " and " + dataset.getPath()
                            + " are ambiguous: layers of two nested models have the same name");
                }
            }
        }
    }

    /**
     * Variables by number: {@code layers/conv2d_1/vars/0}; if the file specifies the name of their layer, it must match.
     *
     * <p>Source: {@code keras/src/saving/saving_lib.py}.
     */
    static KerasVariables numbered(Group root) {
        return (layer, names) -> {
            Map<String, Variable> variables = new HashMap<>();
            if (!(HdfTensors.find(root, layer.place() + "/vars") instanceof Group group)) {
                return variables;
            }
            HdfTensors.text(group, "name")
                    .filter(name -> !name.equals(layer.name()))
                    .ifPresent(name -> {
                        throw new IllegalArgumentException("the variables at " + group.getPath()
                                + " belong to the layer " + name + " instead of " + layer.describe());
                    });
            for (Node child : group.getChildren().values()) {
                int number = child.getName().matches("\\d{1,3}") ? Integer.parseInt(child.getName()) : names.size();
                if (!(child instanceof Dataset dataset) || number >= names.size()) {
                    throw new IllegalArgumentException(
                            layer.describe() + " has an unexpected tensor " + child.getPath());
                }
                variables.put(names.get(number), new Variable(dataset));
            }
            return variables;
        };
    }
}
