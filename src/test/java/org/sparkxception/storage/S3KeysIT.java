package org.sparkxception.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.s3a.S3AFileSystem;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkxception.Launched;
import org.sparkxception.LongTest;
import org.sparkxception.TestSpark;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/** Keys on S3 may be any text, where Hadoop's paths have no empty parts. */
@LongTest
class S3KeysIT {
    private static final Path IMAGE = Path.of("sample-data/images/Bag/00192.png");

    @TempDir
    static Path folder;

    private static S3ProxyServer server;
    private static FileSystem storage;

    @BeforeAll
    static void start() throws Exception {
        server = S3ProxyServer.withoutSignatures();
        storage = server.fileSystem();
    }

    @AfterAll
    static void stop() throws Exception {
        if (storage != null) {
            storage.close();
        }
        if (server != null) {
            server.close();
        }
    }

    /** Of a bucket that is named without a slash. */
    @Test
    void everyKeyIsARowWhateverSlashesItHas() throws Exception {
        put("odd", "a.png", "sorted//b.png", "sorted/cat//c.png", "sorted/./d.png", "sorted/../e.png", "/f.png");
        put("odd", "sorted/g.png/", "sorted/ h?#%2F.png", "sorted//skipped.txt", "///i.png");
        client().putObject(object -> object.bucket("odd").key("sorted/").contentType("none"), RequestBody.empty());
        damage("odd", "sorted//j.png");

        Launched run = classify("s3a://odd", "odd", "--max-failed-fraction", "1");
        String report = Files.readString(folder.resolve("odd/_run/report.json"));
        put("odd", "sorted//j.png");
        Launched retry = classify("s3a://odd", "odd", "--mode", "retry-failed");
        put("odd", "sorted//new.png");
        Launched update = classify("s3a://odd", "odd", "--mode", "update");

        assertThat(run.exitCode()).as(run.output()).isZero();
        assertThat(update.exitCode()).as(update.output()).isZero();
        assertThat(retry.exitCode()).as(retry.output()).isZero();
        assertThat(TestSpark.session()
                        .read()
                        .parquet(folder.resolve("odd").toString())
                        .select("path", "status")
                        .collectAsList())
                .extracting(row -> row.getString(0), row -> row.getString(1))
                .containsExactlyInAnyOrder(
                        tuple("s3a://odd/a.png", "ok"),
                        tuple("s3a://odd/sorted//b.png", "ok"),
                        tuple("s3a://odd/sorted/cat//c.png", "ok"),
                        tuple("s3a://odd//f.png", "ok"),
                        tuple("s3a://odd/sorted/g.png/", "ok"),
                        tuple("s3a://odd/sorted/ h?#%2F.png", "ok"),
                        tuple("s3a://odd////i.png", "ok"),
                        tuple("s3a://odd/sorted//j.png", "ok"),
                        tuple("s3a://odd/sorted//new.png", "ok"));
        // As all names that begin with a dot.
        assertThat(report).contains("\"hidden\" : 2");
    }

    @Test
    void aTarOrAManifestWhoseKeyHadoopCannotAddressIsRefused() throws Exception {
        put("odd-tar", "/images.tar");
        put("odd-manifest", "/images.csv");

        Launched tar = classify("s3a://odd-tar", "no-tar", "--input-format", "tar");
        Launched manifest = classify("s3a://odd-manifest", "no-manifest", "--input-format", "manifest");

        assertThat(tar.exitCode()).as(tar.output()).isEqualTo(3);
        assertThat(tar.output()).contains("s3a://odd-tar//images.tar: Hadoop cannot address its key");
        assertThat(manifest.exitCode()).as(manifest.output()).isEqualTo(3);
        assertThat(manifest.output()).contains("s3a://odd-manifest//images.csv: Hadoop cannot address its key");
    }

    private static Launched classify(String input, String output, String... more) throws Exception {
        List<String> arguments = new ArrayList<>(List.of(
                "classify", "--input", input, "--output", folder.resolve(output).toString(), "--master", "local[2]"));
        arguments.addAll(server.launcherArguments());
        arguments.addAll(List.of(more));
        return StorageContract.ended(folder, server.environment(), arguments);
    }

    private static S3Client client() throws Exception {
        return ((S3AFileSystem) storage).getS3AInternals().getAmazonS3Client("test");
    }

    private static void put(String bucket, String... keys) throws Exception {
        if (client().listBuckets().buckets().stream()
                .noneMatch(there -> there.name().equals(bucket))) {
            client().createBucket(request -> request.bucket(bucket));
        }
        for (String key : keys) {
            client().putObject(object -> object.bucket(bucket).key(key).contentType("image/png"), IMAGE);
        }
    }

    private static void damage(String bucket, String key) throws Exception {
        client().putObject(
                        object -> object.bucket(bucket).key(key).contentType("image/png"),
                        RequestBody.fromString("not an image"));
    }
}
