package org.sparkxception.job;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.UUID;

/**
 * The owner of a lock, as recorded in the lock file.
 *
 * @param machine boot ID of the machine and process ID namespace; empty if unknown
 * @param startTicks start time of the process in kernel ticks since boot, which distinguishes it from another process with the same
 *     ID and does not depend on a clock; 0 if unknown
 * @param token distinguishes locks of the same process
 */
@JsonIgnoreProperties(ignoreUnknown = true) // another version may have written the file
record LockHolder(String user, String host, long process, String since, String machine, long startTicks, String token) {
    private static final Path PROCESSES = Path.of("/proc");
    private static final String STAT = "stat";

    /** Index of the start time in a process's stat, counted from the field after the process name. */
    private static final int START_TICKS = 19;

    /** The state of a process, as far as this machine can tell. */
    enum Life {
        ALIVE,
        DEAD,
        UNKNOWN
    }

    LockHolder {
        Objects.requireNonNull(user);
        Objects.requireNonNull(host);
        Objects.requireNonNull(since);
        Objects.requireNonNull(machine);
        Objects.requireNonNull(token);
    }

    static LockHolder self() {
        long process = ProcessHandle.current().pid();
        return new LockHolder(
                System.getProperty("user.name"),
                hostName(),
                process,
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                thisMachine(),
                ownStartTicks(process),
                UUID.randomUUID().toString());
    }

    /** Whether the process is alive; unknown if it belongs to another machine. */
    Life life() {
        if (machine.isEmpty() || startTicks == 0 || !machine.equals(thisMachine())) {
            return Life.UNKNOWN;
        }
        try {
            return startTicks(process) == startTicks ? Life.ALIVE : Life.DEAD;
        } catch (NoSuchFileException e) {
            // If the processes of other users are hidden, so is process 1.
            return Files.isReadable(PROCESSES.resolve("1").resolve(STAT)) ? Life.DEAD : Life.UNKNOWN;
        } catch (IOException e) {
            return Life.UNKNOWN;
        }
    }

    private static long ownStartTicks(long process) {
        try {
            return startTicks(process);
        } catch (IOException e) {
            return 0;
        }
    }

    private static long startTicks(long process) throws IOException {
        String stat =
                Files.readString(PROCESSES.resolve(String.valueOf(process)).resolve(STAT), StandardCharsets.ISO_8859_1);
        // A process name can contain spaces and parentheses.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
        return Long.parseLong(fields[START_TICKS]);
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "an unnamed host";
        }
    }

    /** Boot ID and process ID namespace; empty if unknown, also if /proc belongs to another namespace than this process. */
    private static String thisMachine() {
        try {
            Path self = PROCESSES.resolve("self");
            String process = String.valueOf(ProcessHandle.current().pid());
            return Files.readSymbolicLink(self).toString().equals(process)
                    ? Files.readString(PROCESSES.resolve("sys/kernel/random/boot_id"))
                                    .strip() + " "
                            + Files.readSymbolicLink(self.resolve("ns/pid"))
                    : "";
        } catch (IOException | UnsupportedOperationException e) {
            return "";
        }
    }

    @Override
    public String toString() {
        return "process " + process + " of " + user + " on " + host;
    }
}
