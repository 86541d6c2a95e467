package org.sparkxception.chaos;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileUtil;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.spark.sql.SparkSession;
import org.sparkxception.chaos.BrokenRuns.Attack;
import org.sparkxception.chaos.BrokenRuns.Next;
import org.sparkxception.chaos.Faults.Kind;
import org.sparkxception.cli.JobSession;
import org.sparkxception.job.Mode;

/**
 * Breaks overwrite, update and retry-failed off at every operation on the output, and prints a table; ends with 1 if a number that is
 * to be 0 is not.
 *
 * <p>Arguments: how many operations to go on by, 1 for every one; what the attacks' names begin with, or all; and the storages: local,
 * hdfs, s3proxy, seaweedfs.
 */
final class EveryOperation {
    /** The work of a run is small: no time for its preparation. */
    private static final Map<String, String> QUICK = Map.of(
            "spark.sql.shuffle.partitions", "1",
            "spark.sql.adaptive.enabled", "false",
            "spark.sql.codegen.wholeStage", "false",
            "spark.sql.codegen.factoryMode", "NO_CODEGEN");

    private EveryOperation() {}

    public static void main(String[] arguments) throws Exception {
        int stride = Integer.parseInt(arguments[0]);
        String which = arguments[1].equals("all") ? "" : arguments[1];
        // Every broken run says so at length.
        Configurator.setAllLevels(LogManager.ROOT_LOGGER_NAME, Level.OFF);
        boolean good = true;
        System.out.print(BrokenTally.HEAD);
        for (String name : List.of(arguments).subList(2, arguments.length)) {
            Path folder = Files.createTempDirectory("chaos");
            try (FaultyStorage server = FaultyStorage.of(Chaos.server(name, folder));
                    SparkSession spark = JobSession.open("local[2]", settings(server));
                    BrokenRuns runs = runs(spark, server, folder.resolve("work"))) {
                for (Attack attack : attacks(which, server.canRefuse())) {
                    BrokenTally tally = runs.attack(attack, 1, stride);
                    good &= tally.isGood();
                    System.out.println(tally.row(name));
                    System.out.flush();
                }
            } finally {
                FileUtil.fullyDelete(folder.toFile());
            }
        }
        Runtime.getRuntime().halt(good ? 0 : 1);
    }

    private static BrokenRuns runs(SparkSession spark, FaultyStorage server, Path folder) throws Exception {
        server.open(spark.sparkContext().hadoopConfiguration());
        return new BrokenRuns(spark, server, folder, line -> System.err.println(line));
    }

    private static List<Attack> attacks(String which, boolean canRefuse) {
        List<Attack> attacks = new ArrayList<>();
        for (Mode mode : List.of(Mode.OVERWRITE, Mode.UPDATE, Mode.RETRY_FAILED)) {
            attacks.add(new Attack(mode, Kind.DEAD, Next.SAME));
            attacks.add(new Attack(mode, Kind.DEAD, Next.RESUME));
            if (canRefuse) {
                attacks.add(new Attack(mode, Kind.REFUSED, Next.SAME));
            }
            attacks.add(new Attack(mode, Kind.FAILS, Next.SAME));
            attacks.add(new Attack(mode, Kind.ANSWER_LOST, Next.SAME));
        }
        return attacks.stream()
                .filter(attack -> attack.toString().startsWith(which))
                .toList();
    }

    private static Map<String, String> settings(FaultyStorage server) {
        Map<String, String> settings = new TreeMap<>(QUICK);
        server.settings().forEach((key, value) -> settings.put("spark.hadoop." + key, value));
        return settings;
    }
}
