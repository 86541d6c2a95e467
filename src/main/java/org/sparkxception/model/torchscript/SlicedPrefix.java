package org.sparkxception.model.torchscript;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.sparkxception.model.FeatureMap;
import org.sparkxception.model.Layer;

/**
 * The front of a network: the layers up to the last with a feature map so large that a batch of maps does not fit into the caches.
 * Programs compute the front for a few images at a time, and the other layers for the complete batch.
 */
final class SlicedPrefix {
    /** Size of one image's map in float32: with the next map, those of two images fill a core's share of the last-level cache. */
    private static final long LARGE_BYTES = 2 << 20;

    private SlicedPrefix() {}

    /**
     * Returns the last layer of the front, the only one whose output other layers need; empty if all maps are small, or if there is no
     * such layer.
     *
     * @param layers in the order of evaluation
     * @param outputs names of layers whose outputs the program returns
     */
    static Optional<String> end(List<Layer> layers, Map<String, FeatureMap> maps, Fusion fusion, Set<String> outputs) {
        int large = layers.size();
        while (--large >= 0 && !isLarge(maps.get(layers.get(large).name()))) {}
        if (large < 0) {
            return Optional.empty();
        }
        Set<String> inside = new HashSet<>();
        layers.subList(0, large).forEach(layer -> inside.add(layer.name()));
        for (Layer layer : layers.subList(large, layers.size())) {
            if (!fusion.isAbsorbed(layer.name()) && isNeededOnlyBy(inside, layer, layers, outputs)) {
                return Optional.of(layer.name());
            }
            inside.add(layer.name());
        }
        return Optional.empty();
    }

    private static boolean isLarge(FeatureMap map) {
        return (long) Float.BYTES * map.height() * map.width() * map.channels() > LARGE_BYTES;
    }

    /** Whether no layer after {@code last} needs the output of a layer before it. */
    private static boolean isNeededOnlyBy(Set<String> before, Layer last, List<Layer> layers, Set<String> outputs) {
        return outputs.stream().noneMatch(before::contains)
                && layers.stream()
                        .filter(layer -> !before.contains(layer.name()) && !layer.equals(last))
                        .flatMap(layer -> layer.inputs().stream())
                        .noneMatch(before::contains);
    }
}
