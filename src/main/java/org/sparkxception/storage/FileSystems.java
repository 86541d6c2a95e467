package org.sparkxception.storage;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;

/** Filesystems of paths: one whose code is not there is a fault of the path, like one that is not known at all. */
public final class FileSystems {
    /** Jars that Spark does not bring, by scheme. Hadoop's settings name classes of some of them all the same. */
    private static final Map<String, String> JARS = Map.ofEntries(
            Map.entry("abfs", "hadoop-azure"),
            Map.entry("abfss", "hadoop-azure"),
            Map.entry("wasb", "hadoop-azure"),
            Map.entry("wasbs", "hadoop-azure"),
            Map.entry("adl", "hadoop-azure-datalake"),
            Map.entry("gs", "gcs-connector (of Google)"),
            Map.entry("s3a", "hadoop-aws, and the AWS SDK"),
            Map.entry("oss", "hadoop-aliyun"),
            Map.entry("cosn", "hadoop-cos"),
            Map.entry("obs", "hadoop-huaweicloud"),
            Map.entry("ftp", "commons-net"),
            Map.entry("sftp", "jsch"));

    private FileSystems() {}

    /**
     * The path of a URI; that of a bucket without a slash is its root.
     *
     * @throws IllegalArgumentException if Hadoop cannot address it
     */
    public static Path path(String uri) {
        Path path = new Path(uri);
        return path.toUri().getPath().isEmpty()
                ? new Path(path.toUri().getScheme(), path.toUri().getAuthority(), Path.SEPARATOR)
                : path;
    }

    /** Whether it is S3A. Its classes may be absent, and are only touched where this holds. */
    public static boolean isS3(FileSystem storage) {
        return "s3a".equals(storage.getUri().getScheme());
    }

    /** Whether a URI is what Hadoop makes of it: keys of S3 may have empty parts, {@code .} and {@code ..}, which a path leaves out. */
    public static boolean isPath(String uri) {
        return new Path(uri).toString().equals(uri);
    }

    /**
     * The filesystem of a path.
     *
     * @throws UnsupportedFileSystemException if none is known, or its code is not on the class path
     * @throws IllegalArgumentException if the URI is not one of that filesystem
     */
    public static FileSystem of(Path path, Configuration configuration) throws IOException {
        return opened(path, () -> path.getFileSystem(configuration));
    }

    /** The filesystem of a path as {@link #of} gives it, for the caller alone, who closes it. */
    static FileSystem fresh(Path path, Configuration configuration) throws IOException {
        return opened(path, () -> FileSystem.newInstance(path.toUri(), configuration));
    }

    private interface Opening {
        FileSystem open() throws IOException;
    }

    private static FileSystem opened(Path path, Opening opening) throws IOException {
        try {
            return opening.open();
        } catch (LinkageError e) {
            throw unsupported(path, e);
        } catch (RuntimeException e) {
            if (e.getCause() instanceof ClassNotFoundException) {
                throw unsupported(path, e);
            }
            throw e;
        }
    }

    private static IOException unsupported(Path path, Throwable cause) {
        IOException fault = new UnsupportedFileSystemException(
                "No FileSystem for scheme " + path.toUri().getScheme());
        fault.initCause(cause);
        return fault;
    }

    /** The jar that brings the filesystem of a URI, if it is known. */
    static Optional<String> jar(String uri) {
        int end = uri.indexOf(':');
        return end < 0 ? Optional.empty() : Optional.ofNullable(JARS.get(uri.substring(0, end)));
    }
}
