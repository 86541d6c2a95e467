package org.sparkxception.storage;

import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileSystem;

/**
 * The kinds of storages that need different treatment. A filesystem is recognized by the name of its class, whatever scheme it is
 * mapped to: its class can be absent.
 */
enum StorageKind {
    /** Hadoop's own filesystem for S3. */
    S3A,
    /** Amazon EMR's filesystem for S3. */
    EMRFS,
    /** Google Cloud Storage, with Google's connector or Hadoop's. */
    GCS,
    HDFS,
    /** Object stores whose filesystems check whether a file exists before they create it. */
    OTHER_OBJECT_STORE,
    /** Local disks, Azure, and all others: they create and rename files atomically, and a file can be seen while it is written. */
    FILES;

    private static final Map<String, StorageKind> KINDS = Map.ofEntries(
            Map.entry("org.apache.hadoop.fs.s3a.S3AFileSystem", S3A),
            Map.entry("com.amazon.ws.emr.hadoop.fs.EmrFileSystem", EMRFS),
            Map.entry("com.google.cloud.hadoop.fs.gcs.GoogleHadoopFileSystem", GCS),
            Map.entry("org.apache.hadoop.fs.gs.GoogleHadoopFileSystem", GCS),
            Map.entry("org.apache.hadoop.hdfs.DistributedFileSystem", HDFS),
            Map.entry("org.apache.hadoop.fs.aliyun.oss.AliyunOSSFileSystem", OTHER_OBJECT_STORE),
            Map.entry("org.apache.hadoop.fs.cosn.CosNFileSystem", OTHER_OBJECT_STORE),
            Map.entry("org.apache.hadoop.fs.CosFileSystem", OTHER_OBJECT_STORE),
            Map.entry("org.apache.hadoop.fs.obs.OBSFileSystem", OTHER_OBJECT_STORE));

    static StorageKind of(FileSystem storage) {
        return of(storage.getClass());
    }

    static StorageKind of(Class<?> filesystem) {
        return withSuperclasses(filesystem)
                .filter(KINDS::containsKey)
                .findFirst()
                .map(KINDS::get)
                .orElse(FILES);
    }

    /** The names of a class and of its superclasses. */
    static Stream<String> withSuperclasses(Class<?> type) {
        return Stream.<Class<?>>iterate(type, Objects::nonNull, Class::getSuperclass)
                .map(Class::getName);
    }

    /** Whether a file appears when it is closed, with all of its content. Renaming copies there. */
    boolean isObjectStore() {
        return this != HDFS && this != FILES;
    }

    /** Whether only one process can create a file without overwriting, if its filesystem has no conditional creation. */
    boolean createsExclusively() {
        return switch (this) {
            case S3A, EMRFS, OTHER_OBJECT_STORE -> false;
            case GCS, HDFS, FILES -> true;
        };
    }
}
