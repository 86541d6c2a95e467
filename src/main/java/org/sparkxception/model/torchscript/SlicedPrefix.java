package org.sparkxception.model.torchscript;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.sparkxception.model.FeatureMap;
import org.sparkxception.model.Layer;

/**
 * The front of a network: the layers up to the last whose feature map is so large that a batch of them would go through memory and
 * not through the caches. Programs compute it for a few images at a time, and what follows for the whole batch.
 */
final class SlicedPrefix {
    /** Of one image's map in float32: with the next map, two images' fill what a core has of the last cache. */
    private static final long LARGE_BYTES = 2 << 20;

    private SlicedPrefix() {}

    /**
     * The layer that ends the front, the only one of it that anything else needs; nothing if all maps are small, or too many layers
     * of the front are needed.
     *
     * @param layers in their order
     * @param outputs names of layers whose outputs must exist when the program ends
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

    /** Whether no layer behind {@code last} takes a map of those before it. */
    private static boolean isNeededOnlyBy(Set<String> before, Layer last, List<Layer> layers, Set<String> outputs) {
        return outputs.stream().noneMatch(before::contains)
                && layers.stream()
                        .filter(layer -> !before.contains(layer.name()) && !layer.equals(last))
                        .flatMap(layer -> layer.inputs().stream())
                        .noneMatch(before::contains);
    }
}
