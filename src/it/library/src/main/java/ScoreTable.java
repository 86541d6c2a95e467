import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.sparkxception.api.ImageClassifier;
import org.sparkxception.bundle.BundleStore;
import org.sparkxception.inference.ScoringSettings;
import org.sparkxception.model.ModelBundle;

public final class ScoreTable {
    public static void main(String[] arguments) throws Exception {
        // Or BundleStore.read("s3a://models/flowers", spark.sparkContext().hadoopConfiguration())
        ModelBundle model = BundleStore.bundled();
        ScoringSettings settings = ScoringSettings.builder().topK(3).build();

        try (SparkSession spark = SparkSession.builder().getOrCreate();
                ImageClassifier classifier = new ImageClassifier(spark, model, settings)) {
            int tasks = 4 * spark.sparkContext().defaultParallelism();
            Dataset<Row> images = spark.read().format("binaryFile").load(arguments[0]).repartition(tasks);
            Dataset<Row> scores = classifier.classify(images, "content");
            scores.select("path", "status", "label", "score").write().parquet(arguments[1]);
        }
    }
}
