package org.sparkxception.inference;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.sparkxception.UserException;

/** Loads the model on an executor before there is anything to score, and says what it found there. */
public final class PreflightTask implements FlatMapFunction<Iterator<Integer>, ExecutorFacts> {
    private static final long serialVersionUID = 1;

    private final ExecutorModel model;

    public PreflightTask(ExecutorModel model) {
        this.model = model;
    }

    /** @throws UserException (exit code 6) that names the executor, if the model does not work on it */
    @Override
    public Iterator<ExecutorFacts> call(Iterator<Integer> number) throws UnknownHostException {
        String executor = SparkEnv.get().executorId();
        String host = InetAddress.getLocalHost().getHostName();
        try {
            ScoringModel loaded = model.of(TaskContext.get());
            return List.of(new ExecutorFacts(executor, host, loaded.device(), TorchEngine.version(), loaded.program()))
                    .iterator();
        } catch (UserException e) {
            throw new UserException(e.exitCode(), "executor " + executor + " on " + host + ": " + e.getMessage(), e);
        }
    }
}
