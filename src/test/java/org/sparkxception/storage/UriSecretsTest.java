package org.sparkxception.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;

/** What is a secret in a URI, and what only looks like one. */
class UriSecretsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "s3a://KEY:SECRET@bucket/images s3a://bucket/images",
                "s3a://KEY:SEC/RET@bucket/images s3a://bucket/images",
                "s3a://KEY:SEC@RET@bucket/images s3a://bucket/images",
                "s3a://KEY@bucket s3a://bucket",
                "s3://KEY:8020/x@bucket s3://bucket",
                "sftp://me:password@host/images sftp://host/images",
                "hdfs://me:password@nn:8020/a hdfs://nn:8020/a",
                "HTTPS://me:password@host:8443/x.jpg HTTPS://host:8443/x.jpg",
                "https:/me:password@host/x.jpg https://host/x.jpg",
                "https://token@host/x.jpg https://host/x.jpg",
                "https://h/x.jpg?X-Amz-Expires=9&X-Amz-Signature=SECRET https://h/x.jpg",
                "https://h:80/x.jpg?anything https://h:80/x.jpg",
                "https://me:password@h/x.jpg?token=SECRET https://h/x.jpg",
                "abfss://c@a.dfs.core.windows.net/x?sv=1&sig=SECRET abfss://c@a.dfs.core.windows.net/x",
                "wasbs://c@a.blob.core.windows.net/x?sig=SECRET wasbs://c@a.blob.core.windows.net/x",
                "s3a://bucket/x.jpg?X-Amz-Signature=SECRET s3a://bucket/x.jpg",
                "gs://bucket/x.jpg?a=b&X-Goog-Signature=SECRET gs://bucket/x.jpg"
            })
    void aUriWithOneIsRefusedAndLosesIt(String uri, String without) {
        assertThat(UriSecrets.leftOut(uri)).isEqualTo(without);
        assertThatThrownBy(() -> StorageFaults.rejectCredentials("input", uri))
                .isInstanceOfSatisfying(
                        UserException.class,
                        refusal -> assertThat(refusal.exitCode()).isEqualTo(ExitCode.USAGE))
                .hasMessage(
                        "`input` has a key, a password or a signature in its URI, which would appear in plans, results"
                                + " and logs: remove it, and set it in the storage settings, such as AWS_ACCESS_KEY_ID"
                                + " and AWS_SECRET_ACCESS_KEY");
    }

    @Test
    void aSecretWithSpacesAndQuotesIsLeftOutWhole() {
        assertThat(UriSecrets.leftOut("https://me:pass \"word\"@h/a b.jpg?token=SEC RET\nx"))
                .isEqualTo("https://h/a b.jpg");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "s3a://bucket/a@b:c",
                "s3a://bucket/KEY:x@y",
                "s3a://bucket/what?.jpg",
                "s3a://bucket/x.jpg?sig=1",
                "hdfs://nn:8020/a@b",
                "hdfs://[::1]:8020/a@b",
                "hdfs://me@nn:8020/a",
                "https://h:8443/a@b.jpg",
                "abfss://container@account.dfs.core.windows.net/images",
                "abfss://container@account.dfs.core.windows.net/images/?.jpg",
                "file:///data/a:b@c",
                "file:/a:b@c",
                "file:///data/x.jpg?X-Amz-Signature=1",
                "/data/a@b",
                "/data//a:b@c",
                "/data/x.jpg?sig=1&token=2",
                "x.jpg?X-Amz-Signature=1",
                "images@2x"
            })
    void aUriWithoutOneIsNot(String uri) {
        assertThat(UriSecrets.leftOut(uri)).isEqualTo(uri);
        assertThat(UriSecrets.hidden(uri)).isEqualTo(uri);
        assertThatCode(() -> StorageFaults.rejectCredentials("input", uri)).doesNotThrowAnyException();
    }

    @Test
    void inTextTheyAreHiddenAndWhatDiffersStaysDifferent() {
        assertThat(UriSecrets.hidden(
                        "no file at s3a://K:S@b/x, nor \"https://me:pw@h/get?id=5&token=A\", a@b:c?token=D"))
                .isEqualTo(
                        "no file at s3a://b/x, nor \"https://h/get?id=5&token=sha256:559aead08264d579\", a@b:c?token=D");
        assertThat(UriSecrets.hidden("https://h/get?id=5&token=B"))
                .isEqualTo("https://h/get?id=5&token=sha256:df7e70e5021544f4");
        assertThat(UriSecrets.hidden("{\"a\":\"https://h/x?X-Amz-Signature=A&w=1\",\"b\":\"me@h\"}"))
                .isEqualTo("{\"a\":\"https://h/x?X-Amz-Signature=sha256:559aead08264d579&w=1\",\"b\":\"me@h\"}");
    }
}
