package org.sparkxception.job;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;
import org.apache.spark.sql.types.StructType;

/**
 * The planned content of an output: the parts of all planning rounds, and the chunks that they belong to. A part is a chunk of its own
 * until a run starts a chunk that contains it.
 */
final class Plan {
    static final Plan NONE = new Plan(List.of(), Map.of());

    private final List<Generation> generations;
    private final Map<Integer, Integer> started;
    private final List<Chunk> chunks;

    /**
     * Creates a plan.
     *
     * @param started the number of the last part of each chunk that was started, by the number of its first
     */
    Plan(List<Generation> generations, Map<Integer, Integer> started) {
        this.generations = List.copyOf(generations);
        this.started = Map.copyOf(started);
        this.chunks = withoutReplaced(joined(this.generations, this.started));
    }

    private static List<Chunk> joined(List<Generation> generations, Map<Integer, Integer> started) {
        List<Chunk> chunks = new ArrayList<>();
        int end = PlanPart.NONE; // the last part of the chunk that is being joined
        for (Generation generation : generations) {
            for (PlanPart part : generation.parts()) {
                if (part.number() <= end) {
                    chunks.set(chunks.size() - 1, chunks.get(chunks.size() - 1).with(part));
                } else {
                    chunks.add(Chunk.of(part));
                    end = started.getOrDefault(part.number(), part.number());
                }
            }
        }
        return chunks;
    }

    private static List<Chunk> withoutReplaced(List<Chunk> chunks) {
        Set<Integer> replaced = new HashSet<>();
        chunks.forEach(chunk -> replaced.add(chunk.replaces()));
        return chunks.stream()
                .filter(chunk -> !replaced.contains(chunk.number()))
                .toList();
    }

    List<Generation> generations() {
        return generations;
    }

    /** The columns of the dataset that go to the results: the same in all planning rounds. */
    StructType kept() {
        return generations.isEmpty() ? new StructType() : generations.get(0).keptColumns();
    }

    /** Whether a chunk with this number was planned, even if it was replaced since. */
    boolean includes(int chunk) {
        return chunk < nextPart();
    }

    /** The chunks that belong to the results: those that are not replaced. */
    List<Chunk> chunks() {
        return chunks;
    }

    boolean isStarted(Chunk chunk) {
        return started.containsKey(chunk.number());
    }

    /** The planning round of a chunk. */
    Generation generation(Chunk chunk) {
        return generations.stream()
                .filter(round -> round.parts().contains(chunk.first()))
                .findFirst()
                .orElseThrow();
    }

    /** The number for the next part to plan. */
    int nextPart() {
        return generations.stream()
                .mapToInt(generation -> generation.parts().size())
                .sum();
    }

    /** Number of images; each has one row in the results. */
    long images() {
        return chunks.stream().mapToLong(Chunk::rows).sum();
    }

    long bytes() {
        return generations.stream()
                .flatMap(generation -> generation.parts().stream())
                .filter(part -> !part.isReplacement())
                .mapToLong(PlanPart::bytes)
                .sum();
    }

    /** Sums a count over the planning rounds. */
    long sum(ToLongFunction<Generation> count) {
        return generations.stream().mapToLong(count).sum();
    }

    Plan with(Generation generation) {
        List<Generation> all = new ArrayList<>(generations);
        all.add(generation);
        return new Plan(all, started);
    }

    /** The plan after a chunk was started. */
    Plan with(Chunk chunk) {
        Map<Integer, Integer> all = new HashMap<>(started);
        all.put(chunk.number(), chunk.last().number());
        return new Plan(generations, all);
    }
}
