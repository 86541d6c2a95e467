package org.sparkxception;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkxception.bundle.ReferenceOutputs;
import org.sparkxception.cli.Main;

/** Each in a JVM of its own: the folder is chosen, and libraries are loaded, once in a JVM. */
class NativeCacheTest {
    private static final int ANOTHER_USER = 65534;

    @TempDir
    Path folder;

    private int runs;

    /** Says which folder is used. */
    static final class Show {
        private Show() {}

        public static void main(String[] arguments) {
            try {
                System.out.println(NativeCache.directory());
            } catch (UserException e) {
                System.out.println(e.exitCode() + ": " + e.getMessage());
            }
        }
    }

    @Test
    void aFolderThatIsNotThereIsMadeForThisUserAlone() throws Exception {
        Path cache = folder.resolve("new/cache");

        assertThat(shown(cache)).isEqualTo(cache.toString());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(cache)))
                .isEqualTo("rwx------");
    }

    @Test
    void aFolderThatOthersCanWriteIsRefused() throws Exception {
        for (String permissions : List.of("rwxrwxr-x", "rwx---rwx")) {
            Path cache = directory("open", permissions);

            assertThat(shown(cache)).isEqualTo(refused(cache, "other users can write to"));
        }
    }

    @Test
    void aFolderOfAnotherUserIsRefusedAlsoByTheSuperUser() throws Exception {
        Path cache = directory("foreign", "rwxr-xr-x");
        giveAway(cache);

        assertThat(shown(cache)).isEqualTo(refused(cache, "belongs to another user or contains files of another user"));
    }

    @Test
    void aFolderIntoWhichAnotherUserHasPutALibraryIsRefused() throws Exception {
        Path cache = directory("closed-since", "rwx------");
        Path below = Files.createDirectories(cache.resolve("pytorch/2.7.1"));
        giveAway(Files.writeString(below.resolve("libtorch.so"), "not ours"));

        assertThat(shown(cache)).isEqualTo(refused(cache, "belongs to another user or contains files of another user"));
    }

    @LongTest
    @Test
    void whereTheHomesFolderIsRefusedAllRunsShareOneTemporaryFolderWhateverOthersPutInItsPlace() throws Exception {
        Path home = directory("home", "rwxr-xr-x");
        directory("home/spark-xception", "rwxrwxrwx");
        Path temporary = directory("tmp", "rwxr-xr-x");
        Map<String, String> environment = Map.of("XDG_CACHE_HOME", home.toString());
        List<String> options = List.of("-Djava.io.tmpdir=" + temporary);

        String usual = last(show(options, environment));
        assertThat(usual).startsWith(temporary + "/spark-xception-natives-");
        Files.delete(Path.of(usual));
        Files.createSymbolicLink(Path.of(usual), directory("elsewhere", "rwx------"));
        String first = last(show(options, environment));
        String second = last(show(options, environment));

        assertThat(first).startsWith(usual + "-").isEqualTo(second);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(Path.of(first))))
                .isEqualTo("rwx------");
        try (Stream<Path> folders = Files.list(temporary)) {
            assertThat(folders).hasSize(2);
        }
    }

    @LongTest
    @Test
    void aLibtorchThatIsDamagedEndsWithSixAndTheLoadersWords() throws Exception {
        Path cache = cacheWithDamaged("libtorch_cpu.so");

        Launched run = importModel(cache);

        assertThat(run.exitCode()).as(run.output()).isEqualTo(6);
        assertThat(last(run))
                .startsWith("spark-xception: libtorch cannot be loaded: " + cache + "/pytorch/")
                .endsWith("libtorch_cpu.so: file too short. Native libraries are unpacked in " + cache
                        + ": free space there if it is full, delete its contents if they are damaged, or set another"
                        + " folder with -Dorg.sparkxception.native-cache");
    }

    @LongTest
    @Test
    void aLibtorchForWhichThereIsNoRoomEndsWithSix() throws Exception {
        Path cache = directory("small", "rwx------");
        // No file may be larger than 64 MiB: libtorch_cpu.so is.
        Launched run = importModel(cache, "bash", "-c", "ulimit -f 65536 && exec \"$@\"", "-");

        assertThat(run.exitCode()).as(run.output()).isEqualTo(6);
        assertThat(last(run)).startsWith("spark-xception: libtorch cannot be loaded: File too large. ");
    }

    private Launched importModel(Path cache, String... before) throws IOException {
        List<String> command = new ArrayList<>(List.of(before));
        command.addAll(Launched.javaCommand(
                List.of("-D" + NativeCache.PROPERTY + "=" + cache),
                Main.class,
                List.of(
                        "import-model",
                        "--weights=sample-data/model/fashion-mnist.h5",
                        "--labels=sample-data/model/labels.txt",
                        "--input-size=56",
                        "--output=" + folder.resolve("model"))));
        return Launched.command(log(), Map.of(), command);
    }

    /** All libraries as they are unpacked here, but for this one. */
    private Path cacheWithDamaged(String library) throws IOException {
        ReferenceOutputs.addTo(TestModels.tiny(1)); // unpacks libtorch
        Path from = NativeCache.directory();
        Path cache = directory("damaged", "rwx------");
        try (Stream<Path> files = Files.walk(from.resolve("pytorch"))) {
            for (Path file : files.toList()) {
                Path copy = cache.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectory(copy);
                } else if (file.endsWith(library)) {
                    Files.writeString(copy, "damaged");
                } else {
                    Files.copy(file, copy);
                }
            }
        }
        return cache;
    }

    private static String refused(Path cache, String why) {
        return "USAGE: native libraries are not loaded from " + cache + ", which " + why
                + ": set org.sparkxception.native-cache to a private folder of this user";
    }

    private Path directory(String name, String permissions) throws IOException {
        Path directory = Files.createDirectories(folder.resolve(name));
        return Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(permissions));
    }

    private static void giveAway(Path file) throws IOException {
        boolean superUser = Files.getAttribute(file, "unix:uid").equals(0);
        assumeTrue(superUser, "only the super-user may give files away");
        Files.setAttribute(file, "unix:uid", ANOTHER_USER, LinkOption.NOFOLLOW_LINKS);
    }

    private String shown(Path cache) throws Exception {
        return last(show(List.of("-D" + NativeCache.PROPERTY + "=" + cache), Map.of()));
    }

    private Launched show(List<String> options, Map<String, String> environment) throws IOException {
        return Launched.command(log(), environment, Launched.javaCommand(options, Show.class, List.of()));
    }

    private static String last(Launched run) throws Exception {
        run.exitCode();
        return run.output().strip().lines().reduce((before, line) -> line).orElse("");
    }

    private Path log() {
        return folder.resolve("log" + runs++);
    }
}
