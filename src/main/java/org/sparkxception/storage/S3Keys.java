package org.sparkxception.storage;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.fs.s3a.S3AFileSystem;
import org.apache.hadoop.fs.store.audit.AuditSpan;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/**
 * Accesses S3 objects by key. Keys can be any text, while Hadoop's paths remove empty parts, {@code .} and {@code ..}. Requests
 * use S3A's client, with its retries and exceptions. Use this class only if {@link S3Objects#haveKeys}.
 */
public final class S3Keys {
    private S3Keys() {}

    /**
     * Lists the keys under a prefix up to the next slash, with the same number of requests as S3A's own listing.
     *
     * @param directory the URI of a bucket or of a prefix in it, with or without a trailing slash
     */
    public static RemoteIterator<StorageEntry> list(FileSystem storage, String directory) {
        return new S3Listing((S3AFileSystem) storage, directory);
    }

    /**
     * Reads an object.
     *
     * @param uri the URI of the bucket, a slash, and the key
     * @throws IOException as S3A throws it, also if the entity tag of the object has changed
     */
    public static byte[] read(FileSystem storage, String uri, long size, String entityTag) throws IOException {
        S3AFileSystem s3 = (S3AFileSystem) storage;
        return request(s3, "read", uri, client -> {
            GetObjectRequest request = s3.getRequestFactory()
                    .newGetObjectRequestBuilder(key(uri))
                    .ifMatch(entityTag)
                    .build();
            try (InputStream stream = client.getObject(request)) {
                byte[] bytes = new byte[Math.toIntExact(size)];
                if (stream.readNBytes(bytes, 0, bytes.length) < bytes.length) {
                    throw new EOFException(uri + " ends before byte " + size);
                }
                return bytes;
            }
        });
    }

    /** The current status of an object. */
    public static FileStatus status(FileSystem storage, String uri) throws IOException {
        S3AFileSystem s3 = (S3AFileSystem) storage;
        HeadObjectResponse object = request(
                s3,
                "status",
                uri,
                client -> client.headObject(s3.getRequestFactory()
                        .newHeadObjectRequestBuilder(key(uri))
                        .build()));
        return S3Objects.known(
                new Path(uri), object.contentLength(), object.lastModified().toEpochMilli(), object.eTag());
    }

    /** The URI of the bucket, with a trailing slash. */
    static String bucket(String uri) {
        int slash = uri.indexOf('/', uri.indexOf("://") + 3);
        return slash < 0 ? uri + "/" : uri.substring(0, slash + 1);
    }

    /** The key: everything after the bucket and its slash. */
    static String key(String uri) {
        return uri.substring(Math.min(uri.length(), bucket(uri).length()));
    }

    /** A request to S3. */
    interface Question<T> {
        T ask(S3Client client) throws IOException;
    }

    static <T> T request(S3AFileSystem s3, String action, String uri, Question<T> question) throws IOException {
        try (AuditSpan span = s3.createSpan(action, uri, null)) {
            span.activate();
            return s3.createStoreContext()
                    .getInvoker()
                    .retry(
                            action,
                            uri,
                            true,
                            () -> question.ask(s3.getS3AInternals().getAmazonS3Client(action)));
        }
    }
}
