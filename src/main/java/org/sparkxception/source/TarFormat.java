package org.sparkxception.source;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.apache.hadoop.conf.Configuration;

/** Tar archives, plain or compressed by gzip: a record is a member. */
final class TarFormat implements ContainerFormat {
    private static final long serialVersionUID = 1;

    private static final int BUFFER_BYTES = 1 << 16;

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
    public Records open(StorageStream stream, String file, Configuration configuration, long start, long end)
            throws IOException {
        if (!file.toLowerCase(Locale.ROOT).endsWith(".tar")) {
            var unpacked = GzipCompressorInputStream.builder()
                    .setInputStream(new BufferedInputStream(stream, BUFFER_BYTES))
                    .setDecompressConcatenated(true)
                    .get();
            return new PackedTarRecords(new TarArchiveInputStream(unpacked, "UTF-8"), file);
        }
        stream.seek(start);
        return new PlainTarRecords(new TarArchiveInputStream(stream, "UTF-8"), stream, file);
    }
}
