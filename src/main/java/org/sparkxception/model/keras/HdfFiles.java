package org.sparkxception.model.keras;

import io.jhdf.HdfFile;
import io.jhdf.api.Dataset;
import io.jhdf.object.datatype.Reference;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Opens HDF5 files, including those with bfloat16. HDF5 has no such type: h5py writes an opaque type of two bytes without a tag, which
 * jHDF 0.13 cannot read. It is replaced in memory by a reference type of two bytes, whose description has the same length, and which
 * jHDF returns unchanged.
 */
final class HdfFiles {
    /** The start of a datatype message of 8 bytes in an object header. */
    private static final long TYPE_MESSAGE = 0x00000001_0008_0003L;
    /** Class 5, version 1, no tag, two bytes. */
    private static final long OPAQUE = 0x00000002_00000015L;
    /** Class 7 instead of 5. */
    private static final long REFERENCE = 0x00000002_00000017L;

    private HdfFiles() {}

    static HdfFile open(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            ByteBuffer content = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
            List<Integer> opaque = opaqueTypes(longs(content));
            return opaque.isEmpty() ? new HdfFile(file) : HdfFile.fromByteBuffer(withReferences(content, opaque));
        }
    }

    /** Whether the values of the dataset are the bits of bfloat16. */
    static boolean isBfloat16(Dataset dataset) {
        return dataset.getDataType() instanceof Reference reference && reference.getSize() == 2;
    }

    private static LongBuffer longs(ByteBuffer content) {
        return content.duplicate().order(ByteOrder.LITTLE_ENDIAN).asLongBuffer();
    }

    private static List<Integer> opaqueTypes(LongBuffer longs) {
        List<Integer> found = new ArrayList<>();
        for (int i = 1; i < longs.limit(); i++) {
            if (longs.get(i) == OPAQUE && longs.get(i - 1) == TYPE_MESSAGE) {
                found.add(i);
            }
        }
        return found;
    }

    private static ByteBuffer withReferences(ByteBuffer content, List<Integer> opaque) {
        ByteBuffer changed =
                ByteBuffer.allocate(content.remaining()).put(content).flip();
        LongBuffer longs = longs(changed);
        opaque.forEach(place -> longs.put(place, REFERENCE));
        return changed;
    }
}
