package org.sparkxception.cli;

import org.apache.hadoop.conf.Configuration;
import org.sparkxception.inference.ScoringSettings;
import org.sparkxception.job.JobSettings;
import org.sparkxception.model.Activation;
import org.sparkxception.model.ModelBundle;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that specify the model, and which of its outputs are written. */
@Command(optionListHeading = "Model and scores:")
final class ScoreOptions {
    @Mixin
    private ModelOption model;

    @Mixin
    private TrustOption trust;

    @Option(
            names = "--top-k",
            paramLabel = "N",
            defaultValue = "" + ScoringSettings.DEFAULT_TOP_K,
            description = "Number of classes to write, best first. Default: ${DEFAULT-VALUE}.")
    private int topK;

    @Option(names = "--all-scores", description = "Also write the scores of all classes.")
    private boolean allScores;

    @Option(names = "--embedding", description = "Also write the embedding: the pooled vector before the head.")
    private boolean embedding;

    @Option(
            names = "--activation",
            paramLabel = "KIND",
            defaultValue = "model",
            description =
                    "Activation that turns logits into scores: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}, the final"
                            + " activation of the network itself; softmax if its file does not specify one.")
    private Activation activation;

    ModelBundle readModel(Configuration configuration) {
        return model.read(configuration);
    }

    void addTo(JobSettings.Builder job) {
        job.modelName(model.name());
    }

    void addTo(ScoringSettings.Builder scoring) {
        scoring.topK(topK)
                .allScores(allScores)
                .embedding(embedding)
                .trustCode(trust.isGiven())
                .activation(activation);
    }
}
