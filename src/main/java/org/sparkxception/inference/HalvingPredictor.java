package org.sparkxception.inference;

import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.engine.BatchPredictor;
import org.sparkxception.engine.NetworkOutput;
import org.sparkxception.engine.ScoringModel;
import org.sparkxception.engine.TorchFault;
import org.sparkxception.metrics.PipelineStatistics;
import org.sparkxception.metrics.PipelineStatistics.Counter;
import org.sparkxception.metrics.StatisticsAccumulator;

/**
 * Scores batches in parts that fit into the memory of the device. If a part does not fit, all tasks of the executor continue with
 * parts of half its size.
 */
final class HalvingPredictor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HalvingPredictor.class);

    private final BatchPredictor predictor;
    private final ScoringModel model;
    private final StatisticsAccumulator statistics;

    HalvingPredictor(ScoringModel model, int batchSize, StatisticsAccumulator statistics) {
        this.predictor = model.newPredictor(batchSize);
        this.model = model;
        this.statistics = statistics;
    }

    /**
     * Runs a batch through the network.
     *
     * @param images RGB values in the model's input size; at most the batch size
     * @return one output per image, in the order of the images
     * @throws UserException (exit code 6) if the device has too little memory for a single image
     */
    List<NetworkOutput> predict(List<byte[]> images) {
        List<NetworkOutput> outputs = new ArrayList<>(images.size());
        while (outputs.size() < images.size()) {
            int part = Math.min(images.size() - outputs.size(), model.largestBatch());
            try {
                outputs.addAll(predictor.predict(images.subList(outputs.size(), outputs.size() + part)));
            } catch (IllegalStateException e) {
                if (!TorchFault.isOutOfMemory(e)) {
                    throw e;
                }
                halve(part, e);
            }
        }
        return outputs;
    }

    private void halve(int part, IllegalStateException fault) {
        if (part == 1) {
            throw ThisExecutor.withExecutorName(new UserException(
                    ExitCode.MODEL,
                    model.device() + " has too little memory for a single image: " + TorchFault.sentence(fault)
                            + ". Check whether other processes use its memory",
                    fault));
        }
        model.limitBatch(part / 2);
        statistics.add(PipelineStatistics.of(Counter.HALVINGS, 1));
        LOG.warn(
                "{} has too little memory for a batch of {}: batch size reduced to {} ({})",
                model.device(),
                part,
                part / 2,
                TorchFault.sentence(fault));
    }

    @Override
    public void close() {
        predictor.close();
    }
}
