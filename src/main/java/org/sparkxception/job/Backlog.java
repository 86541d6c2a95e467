package org.sparkxception.job;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.NoSuchElementException;

/** The chunks that are left to score. Adjacent ones are joined when they are taken, unless an earlier run has started them. */
final class Backlog {
    private final Deque<Chunk> left;
    private final Plan plan;
    private final ChunkLimits limits;

    Backlog(List<Chunk> left, Plan plan, ChunkLimits limits) {
        this.left = new ArrayDeque<>(left);
        this.plan = plan;
        this.limits = limits;
    }

    boolean isEmpty() {
        return left.isEmpty();
    }

    /**
     * Takes the next chunk.
     *
     * @param images how many images it should have; it has fewer if the limits, or what is adjacent, allow no more
     * @throws NoSuchElementException if nothing is left
     */
    Chunk take(long images) {
        Chunk chunk = left.removeFirst();
        while (!left.isEmpty() && !plan.isStarted(chunk) && canJoin(left.getFirst(), chunk)) {
            Chunk joined = chunk.with(left.getFirst().first());
            if (joined.images() > images || !limits.allow(joined)) {
                break;
            }
            left.removeFirst();
            chunk = joined;
        }
        return chunk;
    }

    private boolean canJoin(Chunk next, Chunk chunk) {
        return !plan.isStarted(next) && next.first().follows(chunk.last());
    }
}
