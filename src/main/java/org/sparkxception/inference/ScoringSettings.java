package org.sparkxception.inference;

import java.io.IOException;
import java.io.Serializable;
import org.sparkxception.ExitCode;
import org.sparkxception.InvalidSetting;
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
                    "the network has one output, for which softmax is always 1: omit `activation` to use sigmoid, or"
                            + " set it to none");
        }
        if (model.network() instanceof TorchScriptNetwork program) {
            CodeTrust.require(trustCode, "the model's network");
            if (embedding) {
                throw new UserException(
                        ExitCode.USAGE,
                        "the model's network is a TorchScript program, which has no known embedding: omit `embedding`");
            }
            if (activation.activates() && program.outputs() == TorchScriptNetwork.Outputs.PROBABILITIES) {
                throw new UserException(
                        ExitCode.USAGE,
                        "the model's network outputs probabilities, which are used as scores: omit `activation`");
            }
            if (precision != Precision.FP32) {
                throw new UserException(
                        ExitCode.USAGE,
                        "the model's network is a TorchScript program, which runs unchanged: omit `precision`");
            }
        }
        if (precision == Precision.INT8
                && model.network() instanceof Architecture network
                && network.intermediateActivation() == IntermediateActivation.ELU) {
            throw new UserException(
                    ExitCode.USAGE,
                    "int8 is not supported for networks with ELU between convolutions: set `precision` to bf16");
        }
        return toBuilder().activation(activation.resolve(model.network())).build();
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
                    "the model has no classes and outputs only embeddings: use `embedding`, and omit `all-scores`,"
                            + " `top-k` and `activation`");
        }
    }

    /** Starts settings with the default of everything. */
    public static Builder builder() {
        return new Builder();
    }

    /** Starts a copy. */
    public Builder toBuilder() {
        return builder()
                .topK(topK)
                .allScores(allScores)
                .embedding(embedding)
                .trustCode(trustCode)
                .precision(precision)
                .activation(activation)
                .device(device)
                .batchSize(batchSize)
                .fetchThreads(fetchThreads)
                .decodeThreads(decodeThreads)
                .maxPixels(maxPixels)
                .maxBytes(maxBytes);
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

    /** Builds settings; the setters throw {@link InvalidSetting} if a value is out of range. */
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

        /** Sets the number of classes to return per image, best first, at least 1. Default: {@value #DEFAULT_TOP_K}. */
        public Builder topK(int value) {
            if (value < 1) {
                throw new InvalidSetting("top-k", "at least 1", value);
            }
            topK = value;
            return this;
        }

        /** Sets whether to return the scores of all classes. Default: false. */
        public Builder allScores(boolean value) {
            allScores = value;
            return this;
        }

        /** Sets whether to return the embedding, the pooled vector before the head. Default: false. */
        public Builder embedding(boolean value) {
            embedding = value;
            return this;
        }

        /** Sets whether a model that is a TorchScript program may run, with the permissions of the job. Default: false. */
        public Builder trustCode(boolean value) {
            trustCode = value;
            return this;
        }

        /**
         * Sets the precision of the convolutions. Default: {@link Precision#FP32}. {@code INT8} requires a model with a {@link
         * ModelBundle#calibration}.
         */
        public Builder precision(Precision value) {
            precision = value;
            return this;
        }

        /**
         * Sets the activation that turns logits into scores. Default: {@link Activation#MODEL}, the one of the network itself.
         */
        public Builder activation(Activation value) {
            activation = value;
            return this;
        }

        /** Sets the device. Default: {@link DeviceChoice#AUTO}, the GPU that Spark assigned to the task, or the CPU. */
        public Builder device(DeviceChoice value) {
            device = value;
            return this;
        }

        /**
         * Sets the number of images per forward pass of the network, from 1 to {@value #MAX_BATCH_SIZE}. Default: {@value
         * #DEFAULT_BATCH_SIZE}.
         */
        public Builder batchSize(int value) {
            batchSize = (int) InvalidSetting.requireRange("batch-size", value, 1, MAX_BATCH_SIZE);
            return this;
        }

        /**
         * Sets the number of threads per task that prefetch files, from 1 to {@value #MAX_THREADS}. Default: {@value
         * #DEFAULT_FETCH_THREADS}.
         */
        public Builder fetchThreads(int value) {
            fetchThreads = (int) InvalidSetting.requireRange("fetch-threads", value, 1, MAX_THREADS);
            return this;
        }

        /**
         * Sets the number of threads per task that decode and resize images, from 1 to {@value #MAX_THREADS}. Default: {@value
         * #DEFAULT_DECODE_THREADS}.
         */
        public Builder decodeThreads(int value) {
            decodeThreads = (int) InvalidSetting.requireRange("decode-threads", value, 1, MAX_THREADS);
            return this;
        }

        /**
         * Sets the maximum size of an image in pixels, from 1 to {@value ImageDecoder#PIXEL_LIMIT_CEILING}: a larger one is not
         * decoded. Default: {@value ImageDecoder#DEFAULT_MAX_PIXELS}.
         */
        public Builder maxPixels(long value) {
            maxPixels = InvalidSetting.requireRange("max-pixels", value, 1, ImageDecoder.PIXEL_LIMIT_CEILING);
            return this;
        }

        /**
         * Sets the maximum size of a file in bytes, from 1 to {@value FileFetcher#MAX_MAX_BYTES}: a larger one is not read.
         * Default: {@value FileFetcher#DEFAULT_MAX_BYTES}.
         */
        public Builder maxBytes(long value) {
            maxBytes = InvalidSetting.requireRange("max-bytes", value, 1, FileFetcher.MAX_MAX_BYTES);
            return this;
        }

        public ScoringSettings build() {
            return new ScoringSettings(this);
        }
    }
}
