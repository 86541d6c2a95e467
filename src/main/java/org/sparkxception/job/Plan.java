package org.sparkxception.job;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToLongFunction;

/** What an output is to hold: the chunks of all rounds of planning. */
record Plan(List<Generation> generations) {
    static final Plan NONE = new Plan(List.of());

    Plan {
        generations = List.copyOf(generations);
    }

    /** Whether a chunk of this number was planned, be it replaced since. */
    boolean includes(int chunk) {
        return chunk < nextChunk();
    }

    /** The chunks that belong to the results: those that no other replaces. */
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

    /** The number of the next chunk. */
    int nextChunk() {
        return allChunks().size();
    }

    /** Images, each with one row in the results. */
    long images() {
        return chunks().stream().mapToLong(PlannedChunk::rows).sum();
    }

    long bytes() {
        return allChunks().stream()
                .filter(chunk -> !chunk.isReplacement())
                .mapToLong(PlannedChunk::bytes)
                .sum();
    }

    /** Sums a count over the rounds of planning. */
    long sum(ToLongFunction<Generation> count) {
        return generations.stream().mapToLong(count).sum();
    }

    Plan with(Generation generation) {
        List<Generation> all = new ArrayList<>(generations);
        all.add(generation);
        return new Plan(all);
    }
}
