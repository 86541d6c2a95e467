package org.sparkxception.lineage;

import java.io.IOException;
import java.net.URI;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.sparkxception.storage.FileSystems;

/**
 * The name of a directory, file or glob in OpenLineage, which other tools give it too. Source: "Naming conventions" of the OpenLineage
 * specification.
 *
 * @param namespace the storage, such as {@code s3://bucket}, or {@code file}
 * @param name the path in the storage
 */
record DatasetName(String namespace, String name) {
    /** In these, a name is a key, which does not begin with a slash. */
    private static final Set<String> OBJECT_STORES = Set.of("s3", "gs", "wasb", "wasbs");

    /** Names what a setting of the job contains: a URI, or a path on the default filesystem. */
    static DatasetName of(String setting, Configuration configuration) {
        try {
            Path path = FileSystems.path(setting);
            return of(FileSystems.of(path, configuration).makeQualified(path).toUri());
        } catch (IOException | RuntimeException e) {
            return new DatasetName("file", setting); // The job will reject it.
        }
    }

    /** Names a full URI. */
    static DatasetName of(URI uri) {
        String path = uri.getPath().replaceFirst("(?<=.)/+$", "");
        String scheme = uri.getScheme().replaceFirst("^s3[an]$", "s3");
        if (uri.getAuthority() == null) {
            return new DatasetName(scheme, path);
        }
        boolean isKey = OBJECT_STORES.contains(scheme) && path.length() > 1;
        return new DatasetName(scheme + "://" + uri.getAuthority(), isKey ? path.substring(1) : path);
    }
}
