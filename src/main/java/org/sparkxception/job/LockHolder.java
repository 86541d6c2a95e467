package org.sparkxception.job;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;

/**
 * A process that holds a lock, as the lock's file tells it.
 *
 * @param machine this start of a machine, and its space of process numbers; empty where it is not known
 * @param started when the process began, in milliseconds since 1970, which tells it from another of the same number
 * @param token tells locks of the same process apart
 */
record LockHolder(String user, String host, long process, String since, String machine, long started, String token) {
    static LockHolder self() {
        ProcessHandle self = ProcessHandle.current();
        return new LockHolder(
                System.getProperty("user.name"),
                hostName(),
                self.pid(),
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                thisMachine(),
                started(self),
                UUID.randomUUID().toString());
    }

    /** Whether it was a process of this machine that is no more. */
    boolean isDeadHere() {
        return !machine.isEmpty()
                && machine.equals(thisMachine())
                && ProcessHandle.of(process)
                        .filter(found -> found.isAlive() && started(found) == started)
                        .isEmpty();
    }

    private static long started(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "an unnamed host";
        }
    }

    private static String thisMachine() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip() + " "
                    + Files.readSymbolicLink(Path.of("/proc/self/ns/pid"));
        } catch (IOException | UnsupportedOperationException e) {
            return "";
        }
    }

    @Override
    public String toString() {
        return "process " + process + " of " + user + " on " + host;
    }
}
