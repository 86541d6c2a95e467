package org.sparkxception.storage;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.fs.FileUtil;

/** A server in a process of its own, with a folder that goes when it is closed. */
final class ServerProcess implements AutoCloseable {
    private static final int SECONDS_TO_START = 60;

    private final Path folder;
    private final Process process;

    ServerProcess(Path folder, List<String> command) throws IOException {
        this.folder = folder;
        this.process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    }

    void waitFor(int port) throws IOException, InterruptedException {
        for (long start = System.nanoTime();
                System.nanoTime() - start < TimeUnit.SECONDS.toNanos(SECONDS_TO_START) && process.isAlive(); ) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
                return;
            } catch (IOException e) {
                Thread.sleep(100);
            }
        }
        String log = Files.readString(folder.resolve("log"));
        close();
        throw new IOException("the server did not start:\n" + log);
    }

    /** Ports that were free a moment ago. */
    static List<Integer> freePorts(int count) throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            List<Integer> ports = new ArrayList<>();
            for (int socket = 0; socket < count; socket++) {
                ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                sockets.add(free);
                ports.add(free.getLocalPort());
            }
            return ports;
        } finally {
            for (ServerSocket socket : sockets) {
                socket.close();
            }
        }
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
        FileUtil.fullyDelete(folder.toFile());
    }
}
