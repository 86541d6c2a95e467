package org.sparkxception.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import org.sparkxception.report.Evaluation.Bin;
import org.sparkxception.report.RunDetails.Rate;
import org.sparkxception.report.RunDetails.ScoreBin;

/** The chart data that the script of a report reads. */
record ChartData(List<Rate> throughput, List<ScoreBin> scores, List<Bin> calibration) {
    private static final JsonMapper JSON = new JsonMapper();

    /** The data as JSON that is safe inside a script element: it cannot close the element. */
    static String json(RunReport report, RunDetails details) {
        try {
            return JSON.writeValueAsString(new ChartData(
                            details.throughput(),
                            details.scores(),
                            report.evaluation().calibration()))
                    .replace("<", "\\u003c");
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
