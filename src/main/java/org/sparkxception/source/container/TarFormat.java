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

/** Tar archives, uncompressed or compressed with gzip. A record is a member. */
public final class TarFormat implements ContainerFormat {
    private static final long serialVersionUID = 1;

    private static final int BUFFER_BYTES = 1 << 16;

    /** The number of leading bytes that identify the format: one tar header. */
    private static final int HEADER_BYTES = 512;

    /** Unsupported compression formats, which are reported as such rather than as damage. */
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
        // Only members of uncompressed archives are opened at an offset.
        String packing = start == 0 ? packing(stream) : "";
        if (NOT_READ.contains(packing)) {
            throw new UnsupportedContainerException(
                    "%s is a tar archive compressed with %s: compress it with gzip, or leave it uncompressed"
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

    /** The compression format, detected from the content; empty if the file is not compressed. */
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
