package org.sparkxception.inference;

import java.util.Iterator;
import java.util.Optional;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.Row;
import org.apache.spark.util.TaskCompletionListener;
import org.sparkxception.engine.ScoringModel;

/** Scores images in tasks: holds the model, the settings and the statistics. */
public final class Scorer implements PartitionWork<Row> {
    private static final long serialVersionUID = 1;

    private final ExecutorModel model;
    /** Null without notes: an {@link Optional} is not serializable. */
    private final DecodingNotes notes;

    /** Creates a scorer without notes: all images of a retried task are decoded in separate processes. */
    public Scorer(ExecutorModel model) {
        this(model, null);
    }

    private Scorer(ExecutorModel model, DecodingNotes notes) {
        this.model = model;
        this.notes = notes;
    }

    /** Returns a scorer with notes: only images in the notes are decoded in separate processes. */
    public Scorer with(DecodingNotes where) {
        return new Scorer(model, where);
    }

    /** Scores images in the calling task: one row per image, in any order. Resources are closed when the task ends. */
    @Override
    public Iterator<Row> process(Iterator<? extends PipelineInput> images) {
        try {
            return begun(images, TaskContext.get());
        } catch (OutOfMemoryError e) {
            throw MachineFaults.ofTask(e);
        }
    }

    private Iterator<Row> begun(Iterator<? extends PipelineInput> images, TaskContext task) {
        ScoringModel loaded = model.loadFor(task);
        ScoringSettings settings = model.settings();
        NotedImages noted = NotedImages.of(images, Optional.ofNullable(notes), task);
        ImagePreparer preparer = new ImagePreparer(settings, loaded, noted, model.statistics());
        PartitionPipeline pipeline = new PartitionPipeline(settings, loaded, preparer, model.statistics());
        task.addTaskCompletionListener((TaskCompletionListener) context -> pipeline.close());
        return pipeline;
    }
}
