package org.sparkxception.inference;

import ai.djl.Device;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.Deflater;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.sparkxception.TestModels;
import org.sparkxception.engine.ScoringModel;
import org.sparkxception.inference.ImagePreparer.Failed;
import org.sparkxception.inference.ImagePreparer.Prepared;
import org.sparkxception.inference.ImagePreparer.Ready;
import org.sparkxception.metrics.StatisticsAccumulator;
import org.sparkxception.model.Precision;

/** Prepares TIFFs of one large strip by four threads, in a JVM of its own whose heap is too small for four of them. */
final class SmallHeapRun {
    private static final int BITS = 16;
    private static final int SAMPLES = 3;

    private SmallHeapRun() {}

    public static void main(String[] arguments) throws Exception {
        byte[] usual = tiff(2400);
        List<PipelineInput> images = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            images.add(new Input("image " + i, usual.length, usual));
        }
        byte[] large = tiff(4000);
        images.add(new Input("image 5", large.length, large));
        images.add(new Input("image 6", 900_000_000, new byte[0]));
        ScoringSettings settings = ScoringSettings.builder().decodeThreads(4).build();
        try (ScoringModel model = ScoringModel.load(TestModels.tiny(1), Precision.FP32, Device.cpu(), false);
                ImagePreparer preparer = new ImagePreparer(
                        settings, model, NotedImages.unnoted(images.iterator(), false), new StatisticsAccumulator())) {
            while (preparer.hasMore()) {
                preparer.submit();
            }
            for (int i = 0; i < images.size(); i++) {
                System.out.println(said(preparer.take()));
            }
        }
    }

    private static String said(Prepared prepared) {
        if (prepared instanceof Ready ready) {
            return ready.image() + ": ready " + ready.size();
        }
        Failed failed = (Failed) prepared;
        return failed.image() + ": " + failed.fault().status() + " "
                + failed.fault().getMessage() + " " + failed.fault().size();
    }

    /** A black square in one deflated strip. */
    private static byte[] tiff(int side) {
        byte[] strip = deflated((long) side * side * SAMPLES * BITS / Byte.SIZE);
        int[][] entries = {
            {256, side},
            {257, side},
            {258, BITS},
            {259, 8},
            {262, 2},
            {273, 8},
            {277, SAMPLES},
            {278, side},
            {279, strip.length},
        };
        ByteBuffer file = ByteBuffer.allocate(8 + strip.length + 2 + 12 * entries.length + 4)
                .order(ByteOrder.LITTLE_ENDIAN);
        file.put((byte) 'I').put((byte) 'I').putShort((short) 42).putInt(8 + strip.length);
        file.put(strip).putShort((short) entries.length);
        for (int[] entry : entries) {
            file.putShort((short) entry[0]).putShort((short) 4).putInt(1).putInt(entry[1]);
        }
        return file.array();
    }

    private static byte[] deflated(long zeros) {
        Deflater deflater = new Deflater(Deflater.BEST_SPEED);
        byte[] packed = new byte[(int) (zeros / 100)];
        byte[] input = new byte[1 << 16];
        int length = 0;
        for (long done = 0; done < zeros; done += input.length) {
            deflater.setInput(input, 0, (int) Math.min(input.length, zeros - done));
            length += deflater.deflate(packed, length, packed.length - length);
        }
        deflater.finish();
        while (!deflater.finished()) {
            length += deflater.deflate(packed, length, packed.length - length);
        }
        deflater.end();
        return Arrays.copyOf(packed, length);
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Input(String name, long size, byte[] bytes) implements PipelineInput {
        @Override
        public boolean isInMemory() {
            return false;
        }

        @Override
        public byte[] read() {
            return bytes;
        }

        @Override
        public String toString() {
            return name;
        }

        @Override
        public Row row(Object[] outcome) {
            return RowFactory.create(outcome);
        }
    }
}
