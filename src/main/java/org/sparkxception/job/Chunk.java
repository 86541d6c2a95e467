package org.sparkxception.job;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/** The unit of commit and resume: adjacent parts of the plan, which are scored in one Spark job and have one directory of results. */
record Chunk(List<PlanPart> parts) {
    Chunk {
        parts = List.copyOf(parts);
    }

    static Chunk of(PlanPart part) {
        return new Chunk(List.of(part));
    }

    Chunk with(PlanPart next) {
        List<PlanPart> all = new ArrayList<>(parts);
        all.add(next);
        return new Chunk(all);
    }

    PlanPart first() {
        return parts.get(0);
    }

    PlanPart last() {
        return parts.get(parts.size() - 1);
    }

    /** The number of its first part, which is also the number of its directory. */
    int number() {
        return first().number();
    }

    /** Number of images to score. */
    long images() {
        return sum(PlanPart::images);
    }

    /** Total size of their files. */
    long bytes() {
        return sum(PlanPart::bytes);
    }

    /** Number of rows in its results. */
    long rows() {
        return sum(PlanPart::rows);
    }

    private long sum(ToLongFunction<PlanPart> value) {
        return parts.stream().mapToLong(value).sum();
    }

    /** Number of the chunk that it replaces, or {@link PlanPart#NONE}. */
    int replaces() {
        return first().replaces();
    }

    boolean isReplacement() {
        return first().isReplacement();
    }
}
