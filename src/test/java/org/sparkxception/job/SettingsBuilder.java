package org.sparkxception.job;

import java.util.List;
import org.sparkxception.inference.ScoringSettings;
import org.sparkxception.source.SourceKind;
import org.sparkxception.source.SourceSettings;

/** The settings of a job on files, as a test wants them. */
final class SettingsBuilder {
    private List<String> inputs;
    private String output;
    private List<String> include = List.of();
    private boolean truth;
    private Mode mode = Mode.RESUME;
    private ChunkLimits chunks = new ChunkLimits(ChunkLimits.DEFAULT_IMAGES, ChunkLimits.DEFAULT_BYTES);
    private double minAgreement;
    private double maxFailedFraction = 1;
    private ScoringSettings scoring =
            ScoringSettings.builder().maxPixels(1_000_000).build();

    SettingsBuilder(String input, String output) {
        this.inputs = List.of(input);
        this.output = output;
    }

    SettingsBuilder inputs(List<String> value) {
        inputs = value;
        return this;
    }

    SettingsBuilder output(String value) {
        output = value;
        return this;
    }

    SettingsBuilder include(List<String> value) {
        include = value;
        return this;
    }

    SettingsBuilder mode(Mode value) {
        mode = value;
        return this;
    }

    SettingsBuilder truth(boolean value) {
        truth = value;
        return this;
    }

    SettingsBuilder chunks(ChunkLimits value) {
        chunks = value;
        return this;
    }

    SettingsBuilder maxFailedFraction(double value) {
        maxFailedFraction = value;
        return this;
    }

    SettingsBuilder scoring(ScoringSettings value) {
        scoring = value;
        return this;
    }

    JobSettings build() {
        SourceSettings source = new SourceSettings(
                SourceKind.FILES,
                include,
                truth ? SourceSettings.PARENT_DIRECTORY : SourceSettings.NO_TRUTH,
                SourceSettings.DEFAULT_ID_COLUMN,
                SourceSettings.DEFAULT_CONTENT_COLUMN,
                SourceSettings.DEFAULT_TABLE_FORMAT);
        return new JobSettings(inputs, source, output, mode, chunks, maxFailedFraction, minAgreement, scoring);
    }
}
