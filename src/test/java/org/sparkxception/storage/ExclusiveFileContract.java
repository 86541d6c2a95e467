package org.sparkxception.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;

/** What {@link ExclusiveFile} keeps on every storage. */
abstract class ExclusiveFileContract {
    private static final int CONTENDERS = 8;
    private static final int ROUNDS = 10;

    private final String folder = "exclusive-" + UUID.randomUUID();

    abstract FileSystem storage() throws IOException;

    /** A folder that the storage may fill. */
    abstract Path root();

    @Test
    void oneOfManyThatCreateItAtOnceCan() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            String name = "create-" + round;
            List<Optional<ExclusiveFile.Version>> created =
                    race(contender -> file(name).tryCreate(bytes("contender " + contender)));

            assertThat(created).filteredOn(Optional::isPresent).hasSize(1);
            int winner = created.indexOf(Optional.of(new ExclusiveFile.Version(0)));
            assertThat(content(name)).isEqualTo("contender " + winner);
        }
    }

    @Test
    void oneOfManyThatReplaceTheSameVersionAtOnceCan() throws Exception {
        ExclusiveFile first = file("replace");
        ExclusiveFile.Version version = first.tryCreate(bytes("first")).orElseThrow();
        for (int round = 0; round < ROUNDS; round++) {
            ExclusiveFile.Version known = version;
            List<Optional<ExclusiveFile.Version>> replaced =
                    race(contender -> file("replace").replace(known, bytes("contender " + contender)));

            assertThat(replaced).filteredOn(Optional::isPresent).hasSize(1);
            version = replaced.stream().flatMap(Optional::stream).findFirst().orElseThrow();
            assertThat(content("replace")).isEqualTo("contender " + replaced.indexOf(Optional.of(version)));
        }
    }

    @Test
    void itIsNotCreatedWhereItIs() throws Exception {
        ExclusiveFile.Version version = file("once").tryCreate(bytes("one")).orElseThrow();

        assertThat(file("once").tryCreate(bytes("two"))).isEmpty();
        assertThat(content("once")).isEqualTo("one");
        assertThat(file("once").read().orElseThrow().version()).isEqualTo(version);
    }

    @Test
    void anOldVersionIsNeitherReplacedNorDeleted() throws Exception {
        ExclusiveFile slow = file("old");
        ExclusiveFile.Version old = slow.tryCreate(bytes("slow")).orElseThrow();
        ExclusiveFile quick = file("old");
        ExclusiveFile.Version taken = quick.replace(old, bytes("quick")).orElseThrow();
        for (int beat = 0; beat < 3; beat++) {
            taken = quick.replace(taken, bytes("quick " + beat)).orElseThrow();
        }

        assertThat(slow.replace(old, bytes("slow again"))).isEmpty();
        slow.delete(old);
        assertThat(content("old")).isEqualTo("quick 2");
    }

    @Test
    void aSleeperThatWakesAfterADeletionDoesNotGetItBack() throws Exception {
        ExclusiveFile sleeper = file("sleeper");
        ExclusiveFile.Version old = sleeper.tryCreate(bytes("sleeper")).orElseThrow();
        ExclusiveFile other = file("sleeper");
        other.delete(other.replace(old, bytes("other")).orElseThrow());

        assertThat(sleeper.replace(old, bytes("sleeper"))).isEmpty();
        assertThat(other.read()).isEmpty();
        assertThat(other.tryCreate(bytes("other"))).isPresent();
        assertThat(sleeper.replace(old, bytes("sleeper"))).isEmpty();
        assertThat(content("sleeper")).isEqualTo("other");
    }

    @Test
    void itCanBeCreatedAgainWhenItWasDeleted() throws Exception {
        ExclusiveFile file = file("again");
        assertThat(file.read()).isEmpty();
        file.delete(file.tryCreate(bytes("one")).orElseThrow());

        assertThat(file.read()).isEmpty();
        assertThat(file("again").tryCreate(bytes("two"))).isPresent();
        assertThat(file("again").tryCreate(bytes("three"))).isEmpty();
        assertThat(content("again")).isEqualTo("two");
        assertThat(names("again")).hasSize(1);
    }

    @Test
    void aReplacementWhoseAnswerWasLostIsKnownAsOnesOwn() throws Exception {
        ExclusiveFile file = file("answer");
        ExclusiveFile.Version first = file.tryCreate(bytes("one")).orElseThrow();
        ExclusiveFile.Version second = file.replace(first, bytes("two")).orElseThrow();

        assertThat(file.replace(first, bytes("two"))).contains(second);
        assertThat(file.replace(first, bytes("three"))).contains(new ExclusiveFile.Version(2));
        assertThat(content("answer")).isEqualTo("three");
    }

    @Test
    void theTimeOfAVersionIsThatOfTheStoragesClock() throws Exception {
        ExclusiveFile file = file("time");
        file.tryCreate(bytes("one"));

        long age =
                file.now().toEpochMilli() - file.read().orElseThrow().modified().toEpochMilli();
        assertThat(age).isBetween(-1_000L, 30_000L);
        assertThat(names("time")).containsExactly("time");
    }

    @Test
    void whatSomebodyElseWroteUnderTheNameIsHeldByThem() throws Exception {
        try (OutputStream stream = storage().create(path("foreign"), true)) {
            stream.write(bytes("foreign"));
        }

        assertThat(file("foreign").tryCreate(bytes("one"))).isEmpty();
        assertThat(content("foreign")).isEqualTo("foreign");
        assertThat(file("foreign").replace(new ExclusiveFile.Version(0), bytes("taken")))
                .isPresent();
        assertThat(names("foreign")).containsExactly("foreign.00000001");
    }

    private interface Attempt {
        Optional<ExclusiveFile.Version> by(int contender) throws IOException;
    }

    private List<Optional<ExclusiveFile.Version>> race(Attempt attempt) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(CONTENDERS);
        try {
            CyclicBarrier start = new CyclicBarrier(CONTENDERS);
            List<Future<Optional<ExclusiveFile.Version>>> running = new ArrayList<>();
            for (int contender = 0; contender < CONTENDERS; contender++) {
                int number = contender;
                Callable<Optional<ExclusiveFile.Version>> task = () -> {
                    start.await();
                    return attempt.by(number);
                };
                running.add(threads.submit(task));
            }
            List<Optional<ExclusiveFile.Version>> results = new ArrayList<>();
            for (Future<Optional<ExclusiveFile.Version>> future : running) {
                results.add(future.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }

    private ExclusiveFile file(String name) throws IOException {
        return new ExclusiveFile(storage(), path(name));
    }

    private String content(String name) throws IOException {
        return new String(file(name).read().orElseThrow().bytes(), UTF_8);
    }

    private List<String> names(String name) throws IOException {
        List<String> names = new ArrayList<>();
        for (FileStatus status : storage().listStatus(path(name).getParent())) {
            if (status.getPath().getName().startsWith(name)) {
                names.add(status.getPath().getName());
            }
        }
        return names;
    }

    private Path path(String name) {
        return new Path(new Path(root(), folder), name);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
