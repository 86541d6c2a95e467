package org.sparkxception.chaos;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.FileUtil;
import org.sparkxception.chaos.ChaosSuite.Tally;
import org.sparkxception.storage.HdfsServer;
import org.sparkxception.storage.LocalStorage;
import org.sparkxception.storage.S3ProxyServer;
import org.sparkxception.storage.SeaweedServer;
import org.sparkxception.storage.TestStorage;

/**
 * Runs the chaos suite and prints its table; ends with 1 if an image was lost or is there twice.
 *
 * <p>Arguments: executor kills, driver kills (half of them in commit), runs with speculation, and the storages: local, hdfs,
 * s3proxy, seaweedfs.
 */
final class Chaos {
    private Chaos() {}

    public static void main(String[] arguments) throws Exception {
        int executorKills = Integer.parseInt(arguments[0]);
        int driverKills = Integer.parseInt(arguments[1]);
        int speculations = Integer.parseInt(arguments[2]);
        List<Tally> tallies = new ArrayList<>();
        System.out.print(Tally.HEAD);
        for (String name : List.of(arguments).subList(3, arguments.length)) {
            Path folder = Files.createTempDirectory("chaos");
            try (TestStorage server = server(name, folder);
                    ChaosSuite suite =
                            new ChaosSuite(name, server, folder.resolve("work"), line -> System.err.println(line))) {
                add(tallies, suite.driverKills(driverKills / 2));
                add(tallies, suite.commitKills(driverKills - driverKills / 2));
                add(tallies, suite.executorKills(executorKills));
                add(tallies, suite.speculation(speculations));
            } finally {
                FileUtil.fullyDelete(folder.toFile());
            }
        }
        boolean good = tallies.stream().allMatch(tally -> tally.lost() == 0 && tally.twice() == 0);
        Runtime.getRuntime().halt(good ? 0 : 1);
    }

    /** Prints at once: the suite takes long, and may end early. */
    private static void add(List<Tally> tallies, Tally tally) {
        tallies.add(tally);
        System.out.println(tally);
        System.out.flush();
    }

    static TestStorage server(String name, Path folder) throws Exception {
        return switch (name) {
            case "local" -> new LocalStorage(folder);
            case "hdfs" -> new HdfsServer();
            case "s3proxy" -> new S3ProxyServer();
            case "seaweedfs" -> new SeaweedServer();
            default -> throw new IllegalArgumentException("no storage is called " + name);
        };
    }
}
