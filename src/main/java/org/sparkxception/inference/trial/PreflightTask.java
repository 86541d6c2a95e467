package org.sparkxception.inference.trial;

import java.util.Iterator;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.sparkxception.UserException;
import org.sparkxception.engine.ScoringModel;
import org.sparkxception.engine.TorchEngine;
import org.sparkxception.inference.ExecutorModel;
import org.sparkxception.inference.ThisExecutor;

/**
 * Loads the model on an executor before scoring starts, and reports what it finds there. Errors are returned and not thrown: Spark
 * would retry on another executor, and the faulty one would go unnoticed.
 */
public final class PreflightTask implements FlatMapFunction<Iterator<Integer>, ExecutorFinding> {
    private static final long serialVersionUID = 1;

    private final ExecutorModel model;

    public PreflightTask(ExecutorModel model) {
        this.model = model;
    }

    @Override
    public Iterator<ExecutorFinding> call(Iterator<Integer> number) {
        return List.of(finding()).iterator();
    }

    private ExecutorFinding finding() {
        try {
            ScoringModel loaded = model.loadFor(TaskContext.get());
            return ExecutorFinding.of(new ExecutorFacts(
                    ThisExecutor.name(),
                    ThisExecutor.host(),
                    loaded.device(),
                    TorchEngine.version(),
                    loaded.program()));
        } catch (UserException e) {
            return ExecutorFinding.of(e);
        }
    }
}
