package org.sparkxception.inference;

import java.io.IOException;
import java.io.Serializable;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.image.decode.ImageDecoder;
import org.sparkxception.model.Activation;
import org.sparkxception.model.Architecture;
import org.sparkxception.model.Architecture.IntermediateActivation;
import org.sparkxception.model.ModelBundle;
import org.sparkxception.model.Precision;
import org.sparkxception.model.TorchScriptNetwork;
import org.sparkxception.source.fetch.FileFetcher;

/** Settings for scoring partitions: created on the driver and serialized with the tasks. */
public final class ScoringSettings implements Serializable {
    private static final long serialVersionUID = 1;

    public static final int DEFAULT_TOP_K = 5;
    public static final int DEFAULT_BATCH_SIZE = 8;
    public static final int DEFAULT_FETCH_THREADS = 4;
    public static final int DEFAULT_DECODE_THREADS = 2;

    private static final int MAX_BATCH_SIZE = 1024;
    private static final int MAX_THREADS = 256;

    private final int topK;
    private final boolean allScores;
    private final boolean embedding;
    private final boolean trustCode;
    private final Precision precision;
    private final Activation activation;
    private final DeviceChoice device;
    private final int batchSize;
    private final int fetchThreads;
    private final int decodeThreads;
    private final long maxPixels;
    private final long maxBytes;

    private ScoringSettings(Builder builder) {
        topK = builder.topK;
        allScores = builder.allScores;
        embedding = builder.embedding;
        trustCode = builder.trustCode;
        precision = builder.precision;
        activation = builder.activation;
        device = builder.device;
        batchSize = builder.batchSize;
        fetchThreads = builder.fetchThreads;
        decodeThreads = builder.decodeThreads;
        maxPixels = builder.maxPixels;
        maxBytes = builder.maxBytes;
    }

    /**
     * Resolves these settings for a model: uses the model's activation if none is set.
     *
     * @throws UserException (exit code 2) if the model is a TorchScript program that is not trusted, or does not support the settings
     */
    public ScoringSettings resolveFor(ModelBundle model) {
        if (model.labels().isEmpty()) {
            requireEmbeddingAlone();
        }
        if (activation == Activation.SOFTMAX && model.network().units() == 1) {
            throw new UserException(
                    ExitCode.USAGE,
                    "the network has one output, for which softmax is always 1: omit --activation to use sigmoid, or"
                            + " set --activation none");
        }
        if (model.network() instanceof TorchScriptNetwork program) {
            CodeTrust.require(trustCode, "the model's network");
            if (embedding) {
                throw new UserException(
                        ExitCode.USAGE,
                        "the model's network is a TorchScript program, which has no known embedding: omit --embedding");
            }
            if (activation.activates() && program.outputs() == TorchScriptNetwork.Outputs.PROBABILITIES) {
                throw new UserException(
                        ExitCode.USAGE,
                        "the model's network outputs probabilities, which are used as scores: omit --activation");
            }
            if (precision != Precision.FP32) {
                throw new UserException(
                        ExitCode.USAGE,
                        "the model's network is a TorchScript program, which runs unchanged: omit --precision");
            }
        }
        if (precision == Precision.INT8
                && model.network() instanceof Architecture network
                && network.intermediateActivation() == IntermediateActivation.ELU) {
            throw new UserException(
                    ExitCode.USAGE,
                    "int8 is not supported for networks with ELU between convolutions: use --precision bf16");
        }
        Builder builder = new Builder();
        builder.topK = topK;
        builder.allScores = allScores;
        builder.embedding = embedding;
        builder.trustCode = trustCode;
        builder.precision = precision;
        builder.activation = activation.resolve(model.network());
        builder.device = device;
        builder.batchSize = batchSize;
        builder.fetchThreads = fetchThreads;
        builder.decodeThreads = decodeThreads;
        builder.maxPixels = maxPixels;
        builder.maxBytes = maxBytes;
        return new ScoringSettings(builder);
    }

    /**
     * Whether these settings need a calibration that the model does not have, so that the run must calibrate it on its own images.
     *
     * @throws IOException if the calibration of the model is damaged
     */
    public boolean mustCalibrate(ModelBundle model) throws IOException {
        return precision == Precision.INT8 && model.calibration().isEmpty();
    }

    private void requireEmbeddingAlone() {
        boolean scores = allScores || topK != DEFAULT_TOP_K || activation.activates();
        if (scores || !embedding) {
            throw new UserException(
                    ExitCode.USAGE,
                    "the model has no classes and outputs only embeddings: use --embedding, and omit --all-scores,"
                            + " --top-k and --activation");
        }
    }

    public static Builder builder() {
        return new Builder();
    }

    public int topK() {
        return topK;
    }

    public boolean allScores() {
        return allScores;
    }

    public boolean embedding() {
        return embedding;
    }

    public boolean trustCode() {
        return trustCode;
    }

    public Precision precision() {
        return precision;
    }

    public Activation activation() {
        return activation;
    }

    public DeviceChoice device() {
        return device;
    }

    public int batchSize() {
        return batchSize;
    }

    public int fetchThreads() {
        return fetchThreads;
    }

    public int decodeThreads() {
        return decodeThreads;
    }

    public long maxPixels() {
        return maxPixels;
    }

    public long maxBytes() {
        return maxBytes;
    }

    /** Builds settings; setters throw {@link IllegalArgumentException} with the name of the option if a value is out of range. */
    public static final class Builder {
        private int topK = DEFAULT_TOP_K;
        private boolean allScores;
        private boolean embedding;
        private boolean trustCode;
        private Precision precision = Precision.FP32;
        private Activation activation = Activation.MODEL;
        private DeviceChoice device = DeviceChoice.AUTO;
        private int batchSize = DEFAULT_BATCH_SIZE;
        private int fetchThreads = DEFAULT_FETCH_THREADS;
        private int decodeThreads = DEFAULT_DECODE_THREADS;
        private long maxPixels = ImageDecoder.DEFAULT_MAX_PIXELS;
        private long maxBytes = FileFetcher.DEFAULT_MAX_BYTES;

        private Builder() {}

        public Builder topK(int value) {
            if (value < 1) {
                throw new IllegalArgumentException("--top-k must be at least 1 but was " + value);
            }
            topK = value;
            return this;
        }

        public Builder allScores(boolean value) {
            allScores = value;
            return this;
        }

        public Builder embedding(boolean value) {
            embedding = value;
            return this;
        }

        /** Allows running a model that is a TorchScript program, with the permissions of the job. */
        public Builder trustCode(boolean value) {
            trustCode = value;
            return this;
        }

        /** Sets the precision of the convolutions. {@code INT8} requires a model with a {@link ModelBundle#calibration}. */
        public Builder precision(Precision value) {
            precision = value;
            return this;
        }

        public Builder activation(Activation value) {
            activation = value;
            return this;
        }

        public Builder device(DeviceChoice value) {
            device = value;
            return this;
        }

        public Builder batchSize(int value) {
            batchSize = (int) inRange("--batch-size", value, 1, MAX_BATCH_SIZE);
            return this;
        }

        public Builder fetchThreads(int value) {
            fetchThreads = (int) inRange("--fetch-threads", value, 1, MAX_THREADS);
            return this;
        }

        public Builder decodeThreads(int value) {
            decodeThreads = (int) inRange("--decode-threads", value, 1, MAX_THREADS);
            return this;
        }

        public Builder maxPixels(long value) {
            maxPixels = inRange("--max-pixels", value, 1, ImageDecoder.PIXEL_LIMIT_CEILING);
            return this;
        }

        public Builder maxBytes(long value) {
            maxBytes = inRange("--max-bytes", value, 1, FileFetcher.MAX_MAX_BYTES);
            return this;
        }

        public ScoringSettings build() {
            return new ScoringSettings(this);
        }

        private static long inRange(String name, long value, long low, long high) {
            if (value < low || value > high) {
                throw new IllegalArgumentException(name + " must be from " + low + " to " + high + " but was " + value);
            }
            return value;
        }
    }
}
