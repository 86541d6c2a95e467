package org.sparkxception.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.sparkxception.Launched;
import org.sparkxception.LongTest;

/** The storages that users have, each as real as one machine can have it. */
@LongTest
class StorageIT {
    @Nested
    class OnHdfs extends StorageContract {
        @Override
        TestStorage start() throws Exception {
            return new HdfsServer();
        }

        @Override
        void checkMarker(String marker) {
            assertThat(marker).isEmpty();
        }
    }

    abstract static class OnS3 extends StorageContract {
        @Override
        void checkMarker(String marker) {
            assertThat(marker).contains("\"success\":true").contains("\"committer\":\"magic\"");
        }

        @Test
        void aBucketThatIsNotThereIsToldFromADirectory() throws Exception {
            Launched input = classify(
                    "s3a://no-such-bucket/images", folder.resolve("none").toString());
            Launched output = classify(images.toString(), "s3a://no-such-bucket/scores");

            assertThat(input.exitCode()).as(input.output()).isEqualTo(3);
            assertThat(input.output()).contains("--input s3a://no-such-bucket/images: the bucket does not exist");
            assertThat(output.exitCode()).as(output.output()).isEqualTo(2);
            assertThat(output.output()).contains("--output s3a://no-such-bucket/scores: the bucket does not exist");
        }

        @Test
        void anUnsafeCommitterIsRefusedBeforeAnythingIsWritten() throws Exception {
            Path output = server.fresh("unsafe");
            Launched unsafe = classify(
                    images.toString(), output.toString(), "--spark-conf", "spark.hadoop.fs.s3a.committer.name=file");

            assertThat(unsafe.exitCode()).as(unsafe.output()).isEqualTo(2);
            assertThat(unsafe.output())
                    .contains("the output " + output
                            + " is on S3, where results can be lost or duplicated with the committer"
                            + " file: remove these settings, or set spark.hadoop.fs.s3a.committer.name=magic");
            assertThat(storage.exists(output)).isFalse();
        }

        @Test
        void credentialsThatAreNotKnownAreSaidToBe() throws Exception {
            List<String> arguments = new ArrayList<>(List.of(
                    "classify",
                    "--input",
                    images.toString(),
                    "--output",
                    folder.resolve("denied").toString()));
            arguments.addAll(server.launcherArguments());
            Launched denied = ended(
                    folder,
                    Map.of("AWS_ACCESS_KEY_ID", "nobody-knows-me", "AWS_SECRET_ACCESS_KEY", "my-other-secret-5TY"),
                    arguments);

            assertThat(denied.exitCode()).as(denied.output()).isEqualTo(3);
            assertThat(denied.output())
                    .contains(images + ": permission denied: check the credentials")
                    .doesNotContain("my-other-secret-5TY");
        }
    }

    @Nested
    class OnSeaweed extends OnS3 {
        @Override
        TestStorage start() throws Exception {
            return new SeaweedServer();
        }
    }

    /** Through a proxy without faults, which counts requests. */
    @Nested
    class OnS3Proxy extends OnS3 {
        private FlakyS3 counted;
        private HdfsServer hdfs;

        @Override
        TestStorage start() throws Exception {
            counted = FlakyS3.inFrontOf(new S3ProxyServer()).start();
            return counted;
        }

        @BeforeAll
        void startHdfs() throws Exception {
            hdfs = new HdfsServer();
        }

        @AfterAll
        void stopHdfs() {
            hdfs.close();
        }

        @Test
        void everyImageIsReadByOneRequest() throws Exception {
            Set<String> keys = new TreeSet<>();
            for (String file : filesUnder(images)) {
                keys.add(new Path(file).toUri().getPath().substring(1));
            }
            counted.forget();
            Launched read =
                    classify(images.toString(), folder.resolve("counted").toString());

            assertThat(read.exitCode()).as(read.output()).isZero();
            List<String> requests = counted.requests().stream()
                    .filter(request -> keys.contains(request.key()))
                    .map(request -> request.method() + " " + request.key())
                    .toList();
            // And once more for each of the pictures in the report.
            assertThat(requests)
                    .hasSize(keys.size() + Math.min(24, keys.size()))
                    .hasSameElementsAs(keys.stream().map(key -> "GET " + key).toList());
        }

        /** As many clusters do. */
        @Test
        void s3WithoutAnAIsTheSameWhenItIsMappedToS3a() throws Exception {
            String input = images.toString().replaceFirst("s3a", "s3");
            String output = server.fresh("scores").toString();
            counted.forget();
            Launched mapped = classify(
                    input,
                    output.replaceFirst("s3a", "s3"),
                    "--spark-conf",
                    "spark.hadoop.fs.s3.impl=org.apache.hadoop.fs.s3a.S3AFileSystem");

            assertThat(mapped.exitCode()).as(mapped.output()).isZero();
            checkMarker(text(new Path(output, "chunk=00000/_SUCCESS")));
            String anImage =
                    new Path(filesUnder(images).get(0)).toUri().getPath().substring(1);
            assertThat(counted.requests())
                    .filteredOn(request -> request.key().equals(anImage))
                    .extracting(FlakyS3.Request::method)
                    .containsOnly("GET")
                    .hasSizeLessThanOrEqualTo(2); // Once more for the pictures in the report.
        }

        /** As S3A before Hadoop 3.4.2, and some servers. */
        @Test
        void withoutConditionalRequestsTheOutputCannotBeLocked() throws Exception {
            Path output = server.fresh("scores");
            String[] older = {"--spark-conf", "spark.hadoop.fs.s3a.create.conditional.enabled=false"};
            Launched refused = classify(localImages.toString(), output.toString(), older);

            assertThat(refused.exitCode()).as(refused.output()).isEqualTo(2);
            assertThat(refused.output())
                    .contains("the output " + output
                            + " cannot be locked: its filesystem, org.apache.hadoop.fs.s3a.S3AFileSystem of Hadoop 3.4.2,"
                            + " cannot create a file only if it does not exist")
                    .contains("set --lock to none");
            assertThat(storage.exists(output)).isFalse();

            Launched unlocked =
                    classify(localImages.toString(), output.toString(), older[0], older[1], "--lock", "none");

            assertThat(unlocked.exitCode()).as(unlocked.output()).isZero();
            assertThat(filesUnder(output)).noneMatch(name -> name.contains("_run/lock"));
        }

        @Test
        void localImagesAreScoredToS3() throws Exception {
            Path output = server.fresh("scores");
            Launched mixed = classify(localImages.toString(), output.toString(), "--chunk-images", "25");

            assertThat(mixed.exitCode()).as(mixed.output()).isZero();
            assertThat(rows(fetched(output))).containsExactlyElementsOf(localRows);
        }

        @Test
        void imagesOnS3AreScoredToHdfs() throws Exception {
            Path output = hdfs.fresh("scores");
            Launched mixed = classify(
                    images.toString(),
                    output.toString(),
                    hdfs.launcherArguments().toArray(String[]::new));

            assertThat(mixed.exitCode()).as(mixed.output()).isZero();
            try (FileSystem there = hdfs.fileSystem()) {
                assertThat(there.getFileStatus(new Path(output, "chunk=00000/_SUCCESS"))
                                .getLen())
                        .isZero();
            }
        }

        @Test
        void credentialsStandInNothingThatIsWrittenOrSaid() throws Exception {
            assertThat(launch.output()).doesNotContain(S3Server.SECRET_KEY).doesNotContain(S3Server.ACCESS_KEY);
            assertThat(filesUnder(scores)).isNotEmpty();
            for (String file : filesUnder(scores)) {
                assertThat(text(new Path(file)))
                        .as(file)
                        .doesNotContain(S3Server.SECRET_KEY)
                        .doesNotContain(S3Server.ACCESS_KEY);
            }
        }
    }
}
