package org.sparkxception.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.sql.DataFrameWriter;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkxception.TestSpark;

/** On local disks, with the two committers that Hadoop has for them. */
class StorageCommitProtocolTest {
    private static final String OF_FILES = "mapreduce.outputcommitter.factory.scheme.file";
    private static final String MANIFESTS =
            "org.apache.hadoop.mapreduce.lib.output.committer.manifest.ManifestCommitterFactory";

    private final SparkSession spark = TestSpark.session().newSession();

    @TempDir
    Path folder;

    @Test
    void theCommitterIsTheOneThatIsBoundToTheStorage() throws IOException {
        rows().option(OF_FILES, MANIFESTS).parquet(output());

        assertThat(Files.readString(folder.resolve("rows/_SUCCESS"))).contains("ManifestCommitter\"");
        assertThat(spark.read().parquet(output()).count()).isEqualTo(100);
    }

    @Test
    void withoutABindingItIsTheOneThatRenames() throws IOException {
        rows().parquet(output());

        assertThat(folder.resolve("rows/_SUCCESS")).isEmptyFile();
        assertThat(spark.read().parquet(output()).count()).isEqualTo(100);
    }

    @Test
    void partitionsAreWrittenToTheirDirectories() {
        rows().option(OF_FILES, MANIFESTS).partitionBy("part").parquet(output());

        assertThat(folder.resolve("rows/part=0")).isDirectoryContaining("glob:**.parquet");
        assertThat(folder.resolve("rows/part=1")).isDirectoryContaining("glob:**.parquet");
    }

    @Test
    void singlePartitionsAreNotReplaced() {
        rows().partitionBy("part").parquet(output());

        assertThatThrownBy(() -> rows().mode(SaveMode.Overwrite)
                        .option("partitionOverwriteMode", "dynamic")
                        .partitionBy("part")
                        .parquet(output()))
                .hasMessageStartingWith("StorageCommitProtocol cannot replace single partitions of ");
    }

    private DataFrameWriter<Row> rows() {
        spark.conf().set(CommitterCheck.PROTOCOL_SETTING, StorageCommitProtocol.class.getName());
        return spark.range(100).selectExpr("id", "id % 2 part").write();
    }

    private String output() {
        return folder.resolve("rows").toString();
    }
}
