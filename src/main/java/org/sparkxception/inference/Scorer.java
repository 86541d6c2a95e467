package org.sparkxception.inference;

import java.util.Iterator;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.Row;
import org.apache.spark.util.TaskCompletionListener;

/** What every task that scores takes along: the model, the settings and where to count. */
public final class Scorer implements PartitionWork<Row> {
    private static final long serialVersionUID = 1;

    private final ExecutorModel model;
    private final boolean careful;

    public Scorer(ExecutorModel model) {
        this(model, false);
    }

    private Scorer(ExecutorModel model, boolean careful) {
        this.model = model;
        this.careful = careful;
    }

    /** The same, decoding in processes of their own: for images among which one may have ended an executor. */
    public Scorer careful() {
        return new Scorer(model, true);
    }

    /** Scores images in the task that calls: one row an image, in any order. What it opens is closed when the task ends. */
    @Override
    public Iterator<Row> of(Iterator<? extends PipelineInput> images) {
        TaskContext task = TaskContext.get();
        ScoringModel loaded = model.of(task);
        ScoringSettings settings = model.settings();
        // An attempt before this one may have ended with its executor, by an image that crashes the decoder.
        boolean isolated = careful || task.attemptNumber() > 0;
        ImagePreparer preparer = new ImagePreparer(settings, loaded, isolated, model.statistics());
        PartitionPipeline pipeline = new PartitionPipeline(images, settings, loaded, preparer, model.statistics());
        task.addTaskCompletionListener((TaskCompletionListener) context -> pipeline.close());
        return pipeline;
    }
}
