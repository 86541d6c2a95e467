package org.sparkxception.inference;

import java.util.Iterator;
import java.util.Optional;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.Row;
import org.apache.spark.util.TaskCompletionListener;
import org.sparkxception.engine.ScoringModel;

/** What every task that scores takes along: the model, the settings and where to count. */
public final class Scorer implements PartitionWork<Row> {
    private static final long serialVersionUID = 1;

    private final ExecutorModel model;
    /** Null where nothing is noted: an {@link Optional} does not cross the wire. */
    private final DecodingNotes notes;

    /** Without notes, all images of a task that is tried again are decoded in processes of their own. */
    public Scorer(ExecutorModel model) {
        this(model, null);
    }

    private Scorer(ExecutorModel model, DecodingNotes notes) {
        this.model = model;
        this.notes = notes;
    }

    /** The same, with notes: only images that stand in them are decoded in processes of their own. */
    public Scorer with(DecodingNotes where) {
        return new Scorer(model, where);
    }

    /** Scores images in the task that calls: one row an image, in any order. What it opens is closed when the task ends. */
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
