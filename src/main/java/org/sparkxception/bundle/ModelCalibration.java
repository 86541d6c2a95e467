package org.sparkxception.bundle;

import ai.djl.Device;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.engine.Calibrator;
import org.sparkxception.engine.ImageResizer;
import org.sparkxception.engine.ScoringModel;
import org.sparkxception.engine.TorchEngine;
import org.sparkxception.image.DecodedImage;
import org.sparkxception.image.ImageFault;
import org.sparkxception.image.decode.ImageDecoder;
import org.sparkxception.model.ModelBundle;
import org.sparkxception.model.Precision;
import org.sparkxception.source.dataset.ImageRef;
import org.sparkxception.source.fetch.FileFetcher;
import org.sparkxception.source.files.ImageSampler;
import org.sparkxception.storage.StorageFaults;

/** Calibrates a model for int8 on import, with images of a directory. */
public final class ModelCalibration {
    private static final int IMAGES = 256;

    private ModelCalibration() {}

    /**
     * Returns the model with a calibration on at most {@value #IMAGES} random images below a directory. Images that cannot be decoded
     * are skipped.
     *
     * @throws UserException (exit code 3) if no image can be read and decoded
     */
    public static ModelBundle calibrated(ModelBundle model, String uri, Configuration configuration)
            throws InterruptedException {
        TorchEngine.prepareThread(Runtime.getRuntime().availableProcessors());
        try (ScoringModel exact = ScoringModel.load(model, Precision.FP32, Device.cpu(), false)) {
            List<byte[]> images = prepared(ImageSampler.shuffled(uri, configuration), configuration, exact);
            if (images.isEmpty()) {
                throw new UserException(ExitCode.INPUT, "no image at " + uri + " can be decoded: check `calibrate`");
            }
            return model.with(Calibrator.calibrate(model, exact, images));
        } catch (IOException | IllegalArgumentException e) {
            throw new UserException(
                    ExitCode.INPUT, "the calibration images cannot be read: " + StorageFaults.explain(uri, e), e);
        }
    }

    private static List<byte[]> prepared(List<ImageRef> files, Configuration configuration, ScoringModel model)
            throws InterruptedException {
        List<byte[]> images = new ArrayList<>();
        FileFetcher fetcher = new FileFetcher(configuration, FileFetcher.DEFAULT_MAX_BYTES);
        ImageDecoder decoder = new ImageDecoder(ImageDecoder.DEFAULT_MAX_PIXELS);
        try (ImageResizer resizer = model.newResizer()) {
            for (int i = 0; i < files.size() && images.size() < IMAGES; i++) {
                try (DecodedImage image = decoder.decode(fetcher.fetch(files.get(i)))) {
                    images.add(resizer.resize(image));
                } catch (ImageFault fault) {
                    // Use the next image instead.
                }
            }
        }
        return images;
    }
}
