package org.sparkxception.source.container;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.CompressorException;
import org.apache.commons.compress.compressors.CompressorStreamFactory;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.apache.hadoop.conf.Configuration;

/** Tar archives, plain or compressed by gzip: a record is a member. */
public final class TarFormat implements ContainerFormat {
    private static final long serialVersionUID = 1;

    private static final int BUFFER_BYTES = 1 << 16;

    /** How much of a file tells what it is: a header of tar. */
    private static final int HEADER_BYTES = 512;

    /** Other packings of tar archives, which are told from damage. */
    private static final Set<String> NOT_READ =
            Set.of(CompressorStreamFactory.BZIP2, CompressorStreamFactory.XZ, CompressorStreamFactory.ZSTANDARD);

    @Override
    public String label() {
        return "tar archive";
    }

    @Override
    public List<String> endings() {
        return List.of(".tar", ".tar.gz", ".tgz");
    }

    @Override
    public List<String> recordGlobs(List<String> include) {
        return include;
    }

    @Override
    public boolean hidesNames() {
        return true;
    }

    @Override
    public long partBytes(String file) {
        return Long.MAX_VALUE;
    }

    @Override
    public RecordReader open(StorageStream stream, String file, Configuration configuration, long start, long end)
            throws IOException {
        // A member that is opened by itself lies in a plain archive.
        String packing = start == 0 ? packing(stream) : "";
        if (NOT_READ.contains(packing)) {
            throw new UnsupportedContainerException(
                    "%s is a tar archive that is compressed by %s: compress it by gzip, or not at all"
                            .formatted(file, packing));
        }
        stream.seek(start);
        if (!packing.equals(CompressorStreamFactory.GZIP)) {
            return new PlainTarRecordReader(stream, file);
        }
        return new PackedTarRecordReader(
                GzipCompressorInputStream.builder()
                        .setInputStream(new BufferedInputStream(stream, BUFFER_BYTES))
                        .setDecompressConcatenated(true)
                        .get(),
                file);
    }

    /** How a file is compressed, by its content; empty if it is not. */
    private static String packing(StorageStream stream) throws IOException {
        byte[] first = stream.readNBytes(HEADER_BYTES);
        if (TarArchiveInputStream.matches(first, first.length)) {
            return "";
        }
        try {
            return CompressorStreamFactory.detect(new ByteArrayInputStream(first));
        } catch (CompressorException e) {
            return "";
        }
    }
}
