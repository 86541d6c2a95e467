package org.sparkxception.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How adjacent parts of a plan are joined to chunks. */
class BacklogTest {
    private static final ChunkLimits LIMITS = new ChunkLimits(65_536, 1 << 30);

    @Test
    void chunksGrowWithTheClusterUpToTheirLimit() {
        Plan plan = plan(parts(40, "range=0"));
        Backlog backlog = new Backlog(plan.chunks(), plan, LIMITS);

        assertThat(backlog.take(16)).extracting(Chunk::number, Chunk::images).containsExactly(0, 2048L);
        assertThat(backlog.take(9000)).extracting(Chunk::number, Chunk::images).containsExactly(1, 4 * 2048L);
        assertThat(backlog.take(1_000_000))
                .extracting(Chunk::number, Chunk::images)
                .containsExactly(5, 65_536L);
        assertThat(backlog.take(1_000_000))
                .extracting(Chunk::number, Chunk::images)
                .containsExactly(37, 3 * 2048L);
        assertThat(backlog.isEmpty()).isTrue();
    }

    @Test
    void aChunkEndsWhereItsBytesReachTheLimit() {
        Plan plan = plan(parts(4, "range=0"));

        assertThat(new Backlog(plan.chunks(), plan, new ChunkLimits(65_536, 2_500))
                        .take(65_536)
                        .parts())
                .hasSize(2);
    }

    @Test
    void chunksThatWereStartedKeepTheirParts() {
        Plan plan = new Plan(List.of(generation(parts(6, "range=0"))), Map.of(1, 2, 3, 3));
        Backlog backlog = new Backlog(plan.chunks(), plan, LIMITS);

        assertThat(taken(backlog)).containsExactly(List.of(0), List.of(1, 2), List.of(3), List.of(4, 5));
    }

    @Test
    void partsOfOtherDirectoriesOfReplacedChunksAndOfEarlierVersionsAreNotJoined() {
        List<PlanPart> parts = new ArrayList<>(parts(1, "range=0"));
        parts.add(new PlanPart(1, "range=1", 0, 2048, 1000, 2048, PlanPart.NONE));
        parts.add(new PlanPart(2, "range=1/part=1", null, 2048, 1000, 2048, PlanPart.NONE));
        parts.add(new PlanPart(3, "range=1/part=2", null, 2048, 1000, 2048, PlanPart.NONE));
        parts.add(new PlanPart(4, "range=0", 0, 1, 10, 2048, 0));
        parts.add(new PlanPart(5, "range=0", 1, 1, 10, 2048, 1));
        Plan plan = plan(parts);

        assertThat(taken(new Backlog(plan.chunks(), plan, LIMITS)))
                .containsExactly(List.of(2), List.of(3), List.of(4), List.of(5));
    }

    private static List<List<Integer>> taken(Backlog backlog) {
        List<List<Integer>> taken = new ArrayList<>();
        while (!backlog.isEmpty()) {
            taken.add(backlog.take(1_000_000).parts().stream()
                    .map(PlanPart::number)
                    .toList());
        }
        return taken;
    }

    private static Plan plan(List<PlanPart> parts) {
        return new Plan(List.of(generation(parts)), Map.of());
    }

    private static Generation generation(List<PlanPart> parts) {
        return new Generation(0, "resume", 0, 0, 0, parts, null);
    }

    private static List<PlanPart> parts(int count, String directory) {
        return IntStream.range(0, count)
                .mapToObj(i -> new PlanPart(i, directory, i, 2048, 1000, 2048, PlanPart.NONE))
                .toList();
    }
}
