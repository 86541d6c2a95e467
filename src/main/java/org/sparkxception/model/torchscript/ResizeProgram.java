package org.sparkxception.model.torchscript;

import java.io.ByteArrayOutputStream;
import org.sparkxception.model.Interpolation;
import org.sparkxception.model.Resize;

/**
 * The TorchScript program that resizes an image of any size to the network's input size: it takes uint8 RGB (rows × columns × 3) and
 * returns the same as uint8, or as float32 if {@link Resize#hasFractions}.
 */
public final class ResizeProgram {
    private ResizeProgram() {}

    /** Returns the archive of a program that resizes to the given number of rows and columns. */
    public static byte[] compile(Resize resize, int rows, int columns) {
        Interpolation interpolation = resize.interpolation();
        String methods;
        if (interpolation == Interpolation.NEAREST) {
            methods = NearestProgram.methods(resize.library(), rows, columns);
        } else if (resize.antialias()) {
            methods = FilterProgram.methods(resize, rows, columns);
        } else {
            methods = SamplingProgram.methods(interpolation, rows, columns);
        }
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        new Archive(archive).finish(methods);
        return archive.toByteArray();
    }
}
