package org.sparkxception.source.container;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.utils.IOUtils;
import org.sparkxception.source.fetch.LocalNames;
import org.sparkxception.source.files.ListingEntry.Kind;

/** The members of a tar archive. */
abstract class TarRecordReader implements RecordReader {
    /** Maps each byte to one character, so that the bytes of a name in any encoding are preserved. */
    private static final Charset BYTES = StandardCharsets.ISO_8859_1;

    private final HeaderBytes bytes;
    private final TarArchiveInputStream tar;
    private TarArchiveEntry entry;
    private boolean utf8;

    TarRecordReader(InputStream archive) {
        this.bytes = new HeaderBytes(archive);
        this.tar = new TarArchiveInputStream(bytes, BYTES.name());
    }

    @Override
    public void finishRecord() throws IOException {
        if (entry != null) {
            IOUtils.skip(tar, Long.MAX_VALUE);
        }
    }

    @Override
    public boolean next() throws IOException {
        bytes.keep();
        entry = tar.getNextEntry();
        utf8 = bytes.namedByPax();
        if (entry == null && tar.getBytesRead() % TarConstants.DEFAULT_RCDSIZE != 0) {
            throw new EOFException("it ends in the middle of a header");
        }
        return entry != null;
    }

    @Override
    public Kind kind() {
        if (entry.isDirectory()) {
            return Kind.DIRECTORY;
        }
        byte type = entry.getLinkFlag();
        boolean isFile =
                type == TarConstants.LF_NORMAL || type == TarConstants.LF_OLDNORM || type == TarConstants.LF_CONTIG;
        return isFile && !entry.isSparse() ? Kind.IMAGE : Kind.EXCLUDED;
    }

    @Override
    public String name() {
        String name = entry.getName();
        return utf8 ? name : LocalNames.text(name.getBytes(BYTES));
    }

    @Override
    public long size() {
        return entry.getSize();
    }

    @Override
    public byte[] read() throws IOException {
        byte[] bytes = new byte[Math.toIntExact(size())];
        if (tar.readNBytes(bytes, 0, bytes.length) < bytes.length) {
            throw new EOFException("it ends in the middle of a member");
        }
        return bytes;
    }

    long bytesRead() {
        return tar.getBytesRead();
    }

    @Override
    public void close() throws IOException {
        tar.close();
    }
}
