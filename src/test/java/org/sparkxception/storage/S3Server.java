package org.sparkxception.storage;

import java.net.URI;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** A server that speaks S3, with a bucket for tests. */
public abstract class S3Server implements TestStorage {
    static final String ACCESS_KEY = "test-access-key-7QX";
    static final String SECRET_KEY = "test-secret-key-9ZW";
    private static final String BUCKET = "tests";

    /** The port of this machine where it listens. */
    abstract int port();

    @Override
    public Path root() {
        return new Path("s3a://" + BUCKET + "/");
    }

    @Override
    public Map<String, String> settings() {
        return settings(port());
    }

    /** The same server, reached through something that listens at another port. */
    static Map<String, String> settings(int port) {
        return Map.of(
                "fs.s3a.endpoint", "http://127.0.0.1:" + port,
                "fs.s3a.endpoint.region", "us-east-1",
                "fs.s3a.path.style.access", "true");
    }

    @Override
    public Map<String, String> environment() {
        return Map.of("AWS_ACCESS_KEY_ID", ACCESS_KEY, "AWS_SECRET_ACCESS_KEY", SECRET_KEY);
    }

    @Override
    public Configuration configuration() {
        Configuration configuration = TestStorage.super.configuration();
        configuration.set("fs.s3a.access.key", ACCESS_KEY);
        configuration.set("fs.s3a.secret.key", SECRET_KEY);
        return configuration;
    }

    void createBucket() {
        try (S3Client client = S3Client.builder()
                .endpointOverride(URI.create("http://127.0.0.1:" + port()))
                .region(Region.US_EAST_1)
                .forcePathStyle(true)
                .credentialsProvider(
                        StaticCredentialsProvider.create(AwsBasicCredentials.create(ACCESS_KEY, SECRET_KEY)))
                .build()) {
            client.createBucket(bucket -> bucket.bucket(BUCKET));
        }
    }
}
