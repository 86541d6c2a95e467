package org.sparkxception.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.spark.sql.Encoders;
import org.junit.jupiter.api.Test;
import org.sparkxception.LongTest;

/** The files of a chunk, as readers of Parquet see them. */
class ChunkFilesTest extends ClassifiedFolder {
    @Test
    void aChunkHasOneFileSortedByPathHoweverManyTasksScoreIt() throws Exception {
        putImages(60);

        run(builder().scoring(scoring().batchSize(8).build()).build());

        assertThat(files()).hasSize(1);
        assertThat(names(files().get(0))).hasSize(60).isSorted();
    }

    @Test
    void aChunkThatIsLargerThanAFileHasSeveralWithoutOverlap() throws Exception {
        putImages(150);

        // A row with an embedding counts as 8,320 bytes: a file of 1 MiB has 126 rows.
        run(builder()
                .targetFileSize(1 << 20)
                .scoring(scoring().embedding(true).build())
                .build());

        assertThat(files()).hasSize(2);
        List<String> all = new ArrayList<>(names(files().get(0)));
        assertThat(all).hasSize(126);
        all.addAll(names(files().get(1)));
        assertThat(all).hasSize(150).isSorted();
    }

    @Test
    void timesAreMicrosecondsInUtcAndScoresHaveNoDictionaries() throws Exception {
        putImages(20);

        run(builder().scoring(scoring().allScores(true).embedding(true).build()).build());

        ParquetMetadata footer = footer(files().get(0));
        assertThat(footer.getFileMetaData().getSchema().getType("modified").getLogicalTypeAnnotation())
                .isInstanceOfSatisfying(TimestampLogicalTypeAnnotation.class, type -> {
                    assertThat(type.getUnit()).isEqualTo(TimeUnit.MICROS);
                    assertThat(type.isAdjustedToUTC()).isTrue();
                });
        assertThat(footer.getBlocks().get(0).getColumns())
                .filteredOn(ColumnChunkMetaData::hasDictionaryPage)
                .extracting(column -> column.getPath().toDotString())
                .contains("status", "label")
                .doesNotContain("scores.list.element", "embedding.list.element");
    }

    /** The first chunk is started before the rate of the slots is known, and has one part; what follows is joined. */
    @Test
    @LongTest
    void adjacentPartsAreOneChunkAlsoInARunThatResumes() throws Exception {
        putImages(5000);
        run(builder().build());
        assertThat(chunks()).containsExactly("chunk=00000", "chunk=00001");
        List<String> before = names(output());
        assertThat(before).hasSize(5000);

        Files.delete(output().resolve("_SUCCESS"));
        Files.delete(output().resolve("chunk=00001/_SUCCESS"));
        run(builder().build());

        assertThat(chunks()).containsExactly("chunk=00000", "chunk=00001");
        assertThat(names(output())).containsExactlyInAnyOrderElementsOf(before);
    }

    private void putImages(int count) throws IOException {
        byte[] image = resource("rgb.png");
        for (int i = 0; i < count; i++) {
            put("%04d.png".formatted(i * 7919 % 10_000), image);
        }
    }

    private List<String> names(Path results) {
        return spark.read()
                .parquet(results.toString())
                .select("path")
                .as(Encoders.STRING())
                .collectAsList();
    }

    private List<String> chunks() throws IOException {
        try (Stream<Path> entries = Files.list(output())) {
            return entries.map(entry -> entry.getFileName().toString())
                    .filter(name -> name.startsWith("chunk="))
                    .sorted()
                    .toList();
        }
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.list(output().resolve("chunk=00000"))) {
            return all.filter(file -> file.toString().endsWith(".parquet"))
                    .sorted()
                    .toList();
        }
    }

    private static ParquetMetadata footer(Path file) throws IOException {
        try (ParquetFileReader reader = ParquetFileReader.open(
                HadoopInputFile.fromPath(new org.apache.hadoop.fs.Path(file.toUri()), new Configuration()))) {
            return reader.getFooter();
        }
    }
}
