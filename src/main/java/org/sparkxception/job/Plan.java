package org.sparkxception.job;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToLongFunction;

/** The planned content of an output: the chunks of all planning rounds. */
record Plan(List<Generation> generations) {
    static final Plan NONE = new Plan(List.of());

    Plan {
        generations = List.copyOf(generations);
    }

    /** Whether a chunk with this number was planned, even if it was replaced since. */
    boolean includes(int chunk) {
        return chunk < nextChunk();
    }

    /** The chunks that belong to the results: those that are not replaced. */
    List<PlannedChunk> chunks() {
        Set<Integer> replaced = new HashSet<>();
        allChunks().forEach(chunk -> replaced.add(chunk.replaces()));
        return allChunks().stream()
                .filter(chunk -> !replaced.contains(chunk.number()))
                .toList();
    }

    private List<PlannedChunk> allChunks() {
        return generations.stream()
                .flatMap(generation -> generation.chunks().stream())
                .toList();
    }

    /** The number for the next chunk to plan. */
    int nextChunk() {
        return allChunks().size();
    }

    /** Number of images; each has one row in the results. */
    long images() {
        return chunks().stream().mapToLong(PlannedChunk::rows).sum();
    }

    long bytes() {
        return allChunks().stream()
                .filter(chunk -> !chunk.isReplacement())
                .mapToLong(PlannedChunk::bytes)
                .sum();
    }

    /** Sums a count over the planning rounds. */
    long sum(ToLongFunction<Generation> count) {
        return generations.stream().mapToLong(count).sum();
    }

    Plan with(Generation generation) {
        List<Generation> all = new ArrayList<>(generations);
        all.add(generation);
        return new Plan(all);
    }
}
