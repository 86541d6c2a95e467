package org.sparkxception;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;

/** What lies in an output besides results. */
public final class TestRuns {
    private TestRuns() {}

    /** The directory with what is of the output's run alone. */
    public static Path own(Path output) throws IOException {
        Path run = output.resolve("_run");
        return run.resolve(new JsonMapper()
                .readTree(run.resolve("run.json").toFile())
                .get("id")
                .asText());
    }
}
