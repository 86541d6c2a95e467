package org.sparkxception.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sparkxception.model.Architecture.IntermediateActivation;
import org.sparkxception.model.Weights.Parameter;

/**
 * What a model is, for those who look at it.
 *
 * @param fingerprint of the bundle
 * @param residualConnections whether blocks add their input to their output
 * @param intermediateActivation what stands between depthwise and pointwise convolutions
 * @param input shape of an image as it enters the network
 * @param layers in the order of evaluation
 * @param parameters values in all tensors
 * @param trainableParameters those that training learns; the others are batch normalisation's moving means and variances
 * @param multiplyAdds for one image, of the convolutions and dense layers
 * @param labels one a class
 * @param labelIds by which data sets know the classes, one a class or none
 */
public record ModelDescription(
        String fingerprint,
        boolean residualConnections,
        IntermediateActivation intermediateActivation,
        FeatureMap input,
        Preprocessing preprocessing,
        List<LayerDescription> layers,
        long parameters,
        long trainableParameters,
        long multiplyAdds,
        int classes,
        List<String> labels,
        List<String> labelIds) {
    private static final Set<String> STATISTICS = Set.of(Weights.MEAN, Weights.VARIANCE);
    private static final Set<String> KERNELS = Set.of(Weights.KERNEL, Weights.DEPTHWISE, Weights.POINTWISE);

    /** A layer: its class is that of {@link Layer}. */
    public record LayerDescription(
            String name,
            String type,
            FeatureMap output,
            long parameters,
            long trainableParameters,
            long multiplyAdds) {}

    public static ModelDescription of(ModelBundle bundle) {
        Architecture architecture = bundle.architecture();
        List<LayerDescription> layers = ofLayers(architecture);
        return new ModelDescription(
                bundle.fingerprint(),
                architecture.residualConnections(),
                architecture.intermediateActivation(),
                layers.get(0).output(),
                bundle.preprocessing(),
                layers,
                layers.stream().mapToLong(LayerDescription::parameters).sum(),
                layers.stream().mapToLong(LayerDescription::trainableParameters).sum(),
                layers.stream().mapToLong(LayerDescription::multiplyAdds).sum(),
                architecture.classes(),
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

    /** Every value of a kernel is multiplied once for each place of the layer's output. */
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
