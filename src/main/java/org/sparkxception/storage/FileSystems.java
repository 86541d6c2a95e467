package org.sparkxception.storage;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.hadoop.util.VersionInfo;
import org.sparkxception.UserException;

/** Resolves the filesystems of paths. A filesystem whose classes are missing is reported like an unknown scheme. */
public final class FileSystems {
    private static final String S3A = "org.apache.hadoop.fs.s3a.S3AFileSystem";

    /** Jars that Spark does not include, by scheme. Hadoop's default configuration refers to the classes of some of them anyway. */
    private static final Map<String, String> JARS = Map.ofEntries(
            Map.entry("abfs", "hadoop-azure"),
            Map.entry("abfss", "hadoop-azure"),
            Map.entry("wasb", "hadoop-azure"),
            Map.entry("wasbs", "hadoop-azure"),
            Map.entry("adl", "hadoop-azure-datalake"),
            Map.entry("gs", "gcs-connector (from Google)"),
            Map.entry("s3a", "hadoop-aws " + VersionInfo.getVersion() + " and the AWS SDK"),
            Map.entry("s3", "hadoop-aws and the AWS SDK, with spark.hadoop.fs.s3.impl=" + S3A),
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

    /** Whether this is S3A, under whatever scheme. The classes of S3A can be absent: use them only if this is true. */
    public static boolean isS3A(FileSystem storage) {
        return StorageKind.of(storage) == StorageKind.S3A;
    }

    /** Whether a file appears when it is closed, with all of its content, while renaming copies it. */
    public static boolean isObjectStore(FileSystem storage) {
        return StorageKind.of(storage).isObjectStore();
    }

    /** The URI of the jar or directory with S3A; empty if it is not on the class path. */
    public static Optional<String> s3aJar() {
        try {
            return Optional.of(jar(Class.forName(S3A, false, FileSystems.class.getClassLoader())));
        } catch (ClassNotFoundException | LinkageError e) {
            return Optional.empty();
        }
    }

    /** The URI of the jar or directory with a class. */
    public static String jar(Class<?> type) {
        return type.getProtectionDomain().getCodeSource().getLocation().toString();
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
        return opened(path, configuration, () -> path.getFileSystem(configuration));
    }

    /**
     * Like {@link #of}, but returns a new instance, which the caller must close.
     *
     * @throws UserException (exit code 2) if it is an S3A that does not fit this version of Hadoop
     */
    static FileSystem fresh(Path path, Configuration configuration) throws IOException {
        if (isMappedToS3A(path, configuration)) {
            S3aVersion.check();
        }
        return opened(path, configuration, () -> FileSystem.newInstance(path.toUri(), configuration));
    }

    private interface Opening {
        FileSystem open() throws IOException;
    }

    private static boolean isMappedToS3A(Path path, Configuration configuration) {
        return S3A.equals(configuration.get("fs." + path.toUri().getScheme() + ".impl"));
    }

    private static FileSystem opened(Path path, Configuration configuration, Opening opening) throws IOException {
        try {
            return opening.open();
        } catch (LinkageError e) {
            Optional<UserException> unfit = isMappedToS3A(path, configuration) ? S3aVersion.unfit(e) : Optional.empty();
            if (unfit.isPresent()) {
                throw unfit.get();
            }
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
