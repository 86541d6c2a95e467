package org.sparkxception.storage;

import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;

/** Resolves the filesystems of paths. A filesystem whose classes are missing is reported like an unknown scheme. */
public final class FileSystems {
    private static final String S3A = "s3a";

    /** Jars that Spark does not include, by scheme. Hadoop's default configuration refers to the classes of some of them anyway. */
    private static final Map<String, String> JARS = Map.ofEntries(
            Map.entry("abfs", "hadoop-azure"),
            Map.entry("abfss", "hadoop-azure"),
            Map.entry("wasb", "hadoop-azure"),
            Map.entry("wasbs", "hadoop-azure"),
            Map.entry("adl", "hadoop-azure-datalake"),
            Map.entry("gs", "gcs-connector (from Google)"),
            Map.entry(S3A, "hadoop-aws and the AWS SDK"),
            Map.entry("oss", "hadoop-aliyun"),
            Map.entry("cosn", "hadoop-cos"),
            Map.entry("obs", "hadoop-huaweicloud"),
            Map.entry("ftp", "commons-net"),
            Map.entry("sftp", "jsch"));

    private FileSystems() {}

    /**
     * Converts a URI to a path. A bucket without a trailing slash becomes its root directory.
     *
     * @throws IllegalArgumentException if it is not a valid Hadoop path
     */
    public static Path path(String uri) {
        Path path = new Path(uri);
        return path.toUri().getPath().isEmpty()
                ? new Path(path.toUri().getScheme(), path.toUri().getAuthority(), Path.SEPARATOR)
                : path;
    }

    /** Whether this is S3A. The classes of S3A can be absent: use them only if this is true. */
    public static boolean isS3(FileSystem storage) {
        return isS3(storage.getUri());
    }

    static boolean isS3(URI uri) {
        return S3A.equals(uri.getScheme());
    }

    /** Whether Hadoop's path of a URI is the URI itself. It removes empty parts, {@code .} and {@code ..} from S3 keys. */
    public static boolean isPath(String uri) {
        return new Path(uri).toString().equals(uri);
    }

    /**
     * Returns the cached filesystem of a path.
     *
     * @throws UnsupportedFileSystemException if the scheme is unknown, or the classes of its filesystem are not on the class path
     * @throws IllegalArgumentException if the URI is not valid for the filesystem
     */
    public static FileSystem of(Path path, Configuration configuration) throws IOException {
        return opened(path, () -> path.getFileSystem(configuration));
    }

    /** Like {@link #of}, but returns a new instance, which the caller must close. */
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

    /** The jar that contains the filesystem of a URI, if known. */
    static Optional<String> jar(String uri) {
        int end = uri.indexOf(':');
        return end < 0 ? Optional.empty() : Optional.ofNullable(JARS.get(uri.substring(0, end)));
    }
}
