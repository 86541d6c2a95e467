package org.sparkxception.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sparkxception.model.Architecture.IntermediateActivation;
import org.sparkxception.model.Weights.Parameter;

/**
 * A description of a model for users.
 *
 * @param fingerprint the fingerprint of the bundle
 * @param residualConnections whether blocks add their input to their output; null for a {@link TorchScriptNetwork}
 * @param intermediateActivation activation between depthwise and pointwise convolutions; null for a {@link TorchScriptNetwork}
 * @param input shape of the network's input
 * @param bytes size of the file with the weights or the program, in bytes
 * @param layers in the order of evaluation; for a {@link TorchScriptNetwork}, which is not analyzed, empty, and the counts are 0
 * @param parameters number of values in all tensors
 * @param trainableParameters without batch normalization's moving means and variances
 * @param multiplyAdds multiply-adds per image, of the convolutions and dense layers
 * @param labels one per class
 * @param labelIds ids of the classes in datasets, one per class or empty
 */
public record ModelDescription(
        String fingerprint,
        @JsonInclude(Include.NON_NULL) Boolean residualConnections,
        @JsonInclude(Include.NON_NULL) IntermediateActivation intermediateActivation,
        FeatureMap input,
        Preprocessing preprocessing,
        long bytes,
        @JsonInclude(Include.NON_DEFAULT) List<LayerDescription> layers,
        @JsonInclude(Include.NON_DEFAULT) long parameters,
        @JsonInclude(Include.NON_DEFAULT) long trainableParameters,
        @JsonInclude(Include.NON_DEFAULT) long multiplyAdds,
        int classes,
        List<String> labels,
        List<String> labelIds) {
    private static final Set<String> STATISTICS = Set.of(Weights.MEAN, Weights.VARIANCE);
    private static final Set<String> KERNELS = Set.of(Weights.KERNEL, Weights.DEPTHWISE, Weights.POINTWISE);

    /** A layer; its type is the simple class name of the {@link Layer}. */
    public record LayerDescription(
            String name,
            String type,
            FeatureMap output,
            long parameters,
            long trainableParameters,
            long multiplyAdds) {}

    public static ModelDescription of(ModelBundle bundle) {
        Network network = bundle.network();
        List<LayerDescription> layers =
                network instanceof Architecture architecture ? ofLayers(architecture) : List.of();
        return new ModelDescription(
                bundle.fingerprint(),
                network instanceof Architecture a ? a.residualConnections() : null,
                network instanceof Architecture a ? a.intermediateActivation() : null,
                new FeatureMap(network.inputHeight(), network.inputWidth(), Architecture.CHANNELS),
                bundle.preprocessing(),
                bundle.contents().remaining(),
                layers,
                layers.stream().mapToLong(LayerDescription::parameters).sum(),
                layers.stream().mapToLong(LayerDescription::trainableParameters).sum(),
                layers.stream().mapToLong(LayerDescription::multiplyAdds).sum(),
                network.classes(),
                bundle.labels(),
                bundle.classNames().ids());
    }

    static List<LayerDescription> ofLayers(Architecture architecture) {
        Map<String, FeatureMap> outputs = FeatureMap.ofLayers(architecture);
        List<LayerDescription> layers = new ArrayList<>();
        for (Layer layer : Xception.layers(architecture)) {
            layers.add(of(layer, outputs.get(layer.name())));
        }
        return layers;
    }

    /** Every value of a kernel is multiplied once per position of the layer's output. */
    private static LayerDescription of(Layer layer, FeatureMap output) {
        long parameters = 0;
        long trainable = 0;
        long multiplyAdds = 0;
        for (Parameter parameter : Weights.parameters(layer)) {
            long size = Tensor.sizeOf(parameter.dimensions());
            parameters += size;
            trainable += STATISTICS.contains(parameter.variable()) ? 0 : size;
            multiplyAdds += KERNELS.contains(parameter.variable()) ? size * output.height() * output.width() : 0;
        }
        return new LayerDescription(
                layer.name(), layer.getClass().getSimpleName(), output, parameters, trainable, multiplyAdds);
    }
}
