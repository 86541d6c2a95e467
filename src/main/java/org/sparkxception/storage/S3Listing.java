package org.sparkxception.storage;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.NoSuchElementException;
import java.util.Set;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.fs.s3a.S3AFileSystem;
import org.apache.hadoop.fs.s3a.S3ListRequest;
import org.apache.hadoop.fs.s3a.S3ListResult;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Lists the keys under a prefix up to the next slash, page by page. */
final class S3Listing implements RemoteIterator<StorageEntry> {
    private static final String DELIMITER = "/";

    /** The suffix of directory markers that old tools create. */
    private static final String FOLDER = "_$folder$";

    private final S3AFileSystem s3;
    private final String directory;
    private final String prefix;
    private final String bucket;
    private final Deque<StorageEntry> page = new ArrayDeque<>();
    private final Set<String> directories = new HashSet<>();
    private S3ListRequest request;
    private boolean over;

    S3Listing(S3AFileSystem s3, String directory) {
        this.s3 = s3;
        this.directory = directory;
        this.bucket = S3Keys.bucket(directory);
        String key = S3Keys.key(directory);
        this.prefix = key.isEmpty() || key.endsWith(DELIMITER) ? key : key + DELIMITER;
        this.request = s3.createListObjectsRequest(prefix, DELIMITER);
    }

    @Override
    public boolean hasNext() throws IOException {
        while (page.isEmpty() && !over) {
            S3ListResult result = S3Keys.request(s3, "list", directory, client -> ask(client, request));
            result.getS3Objects().forEach(this::add);
            result.getCommonPrefixes().forEach(found -> addDirectory(found.prefix()));
            over = !result.isTruncated();
            if (!over) {
                request = following(result);
            }
        }
        return !page.isEmpty();
    }

    @Override
    public StorageEntry next() throws IOException {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return page.remove();
    }

    private static S3ListResult ask(S3Client client, S3ListRequest request) {
        return request.isV1()
                ? S3ListResult.v1(client.listObjects(request.getV1()))
                : S3ListResult.v2(client.listObjectsV2(request.getV2()));
    }

    private S3ListRequest following(S3ListResult result) {
        if (!request.isV1()) {
            String token = result.getV2().nextContinuationToken();
            return S3ListRequest.v2(request.getV2().copy(next -> next.continuationToken(token)));
        }
        String last = result.getV1().nextMarker();
        String marker = last != null
                ? last
                : result.getS3Objects().get(result.getS3Objects().size() - 1).key();
        return S3ListRequest.v1(request.getV1().copy(next -> next.marker(marker)));
    }

    /** An empty object with the key of a directory is a directory marker. */
    private void add(S3Object object) {
        String key = object.key();
        boolean empty = object.size() == 0;
        if (empty && (key.equals(prefix) || key.endsWith(FOLDER))) {
            return;
        }
        if (empty && key.endsWith(DELIMITER)) {
            addDirectory(key);
            return;
        }
        String uri = bucket + key;
        page.add(new StorageEntry(
                uri,
                S3Objects.known(
                        new Path(uri), object.size(), object.lastModified().toEpochMilli(), object.eTag())));
    }

    /** Amazon S3 lists a directory only as a prefix; other storages also list its marker. */
    private void addDirectory(String key) {
        if (directories.add(key)) {
            String uri = bucket + key;
            page.add(new StorageEntry(uri, new FileStatus(0, true, 1, 1, 0, new Path(uri))));
        }
    }
}
