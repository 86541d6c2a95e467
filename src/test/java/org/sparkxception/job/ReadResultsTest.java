package org.sparkxception.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;

/** What docs/how-to/read-results.md says about Spark SQL. */
class ReadResultsTest extends ClassifiedFolder {
    @Test
    void nightlyOutputsWithADayInTheirNameAreOneDataset() throws Exception {
        put("a.png", resource("rgb.png"));
        classify(builder().output(output() + "/day=2026-01-01").build());
        put("b.png", resource("rgb.png"));
        classify(builder().output(output() + "/day=2026-01-02").build());

        assertThat(rows().groupBy("day").count().orderBy("day").collectAsList())
                .extracting(row -> row.get(0).toString(), row -> row.getLong(1))
                .containsExactly(tuple("2026-01-01", 1L), tuple("2026-01-02", 2L));
        assertThat(rows().columns()).endsWith("day", "chunk");
    }

    @Test
    void aTableOverAnOutputHasItsChunksAfterEachRepair() throws Exception {
        put("a.png", resource("rgb.png"));
        put("b.png", resource("rgb.png"));
        run(builder().chunkImages(1).build());
        spark.sql("CREATE TABLE scores USING parquet LOCATION '" + output() + "'");
        try {
            spark.sql("MSCK REPAIR TABLE scores");
            assertThat(count()).isEqualTo(2);

            put("c.png", resource("rgb.png"));
            run(builder().chunkImages(1).mode(Mode.UPDATE).build());
            spark.sql("MSCK REPAIR TABLE scores");

            assertThat(count()).isEqualTo(3);
        } finally {
            spark.sql("DROP TABLE scores");
        }
    }

    private long count() {
        return spark.sql("SELECT count(*) FROM scores").first().getLong(0);
    }

    @Test
    void theLatestRowPerImageIsTheOneThatWasScoredLast() throws Exception {
        put("a.png", new byte[0]);
        put("b.png", resource("rgb.png"));
        run(settings());
        put("a.png", resource("rgb.png"));
        Files.setLastModifiedTime(images.resolve("a.png"), FileTime.fromMillis(1_800_000_000_000L));
        run(builder().mode(Mode.UPDATE).build());
        rows().createOrReplaceTempView("all_scores");

        List<Row> latest =
                spark.sql("""
                        SELECT latest.* FROM (
                          SELECT max_by(struct(*), scored_at) AS latest FROM all_scores GROUP BY path
                        )""").select("path", "status").orderBy("path").collectAsList();

        assertThat(rows().count()).isEqualTo(3);
        assertThat(latest)
                .containsExactly(
                        RowFactory.create("file:" + images + "/a.png", "ok"),
                        RowFactory.create("file:" + images + "/b.png", "ok"));
    }
}
