package org.sparkxception.storage;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * An S3 server seen through a bad network: with given probabilities a request is refused with 503 SlowDown, its connection is
 * reset before it reaches the server, after it did, or in the middle of the answer, or it waits for two seconds. Without
 * faults it only counts. Conditional requests are handed on one at a time.
 */
public final class FlakyS3 implements TestStorage {
    private static final long DELAY_MILLIS = 2000;

    /** What a request can meet. */
    public enum Fault {
        NONE,
        SLOW_DOWN,
        RESET,
        LOST_ANSWER,
        BROKEN_BODY,
        DELAY
    }

    /** A request as it came in. */
    public record Request(String method, String target, Fault fault) {
        /** The path without the bucket and the query. */
        public String key() {
            String path = target.replaceFirst("\\?.*", "").substring(1);
            return path.contains("/") ? path.substring(path.indexOf('/') + 1) : "";
        }
    }

    /** Settles how bad the network is. */
    public static final class Builder {
        private final S3Server server;
        private final Map<Fault, Double> chances = new java.util.EnumMap<>(Fault.class);
        private long seed;

        private Builder(S3Server server) {
            this.server = server;
        }

        public Builder seed(long value) {
            seed = value;
            return this;
        }

        public Builder slowDown(double probability) {
            chances.put(Fault.SLOW_DOWN, probability);
            return this;
        }

        public Builder reset(double probability) {
            chances.put(Fault.RESET, probability);
            return this;
        }

        public Builder loseAnswer(double probability) {
            chances.put(Fault.LOST_ANSWER, probability);
            return this;
        }

        public Builder breakBody(double probability) {
            chances.put(Fault.BROKEN_BODY, probability);
            return this;
        }

        public Builder delay(double probability) {
            chances.put(Fault.DELAY, probability);
            return this;
        }

        /** The server is closed with it. */
        public FlakyS3 start() throws IOException {
            return new FlakyS3(this);
        }
    }

    public static Builder inFrontOf(S3Server server) {
        return new Builder(server);
    }

    private final S3Server server;
    private final Map<Fault, Double> chances;
    private final Random random;
    private final ServerSocket listener;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "flaky-s3");
        thread.setDaemon(true);
        return thread;
    });
    private final Queue<Request> requests = new ConcurrentLinkedQueue<>();
    private final Object conditional = new Object();
    private volatile boolean cut;

    private FlakyS3(Builder builder) throws IOException {
        this.server = builder.server;
        this.chances = Map.copyOf(builder.chances);
        this.random = new Random(builder.seed);
        this.listener = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        threads.execute(this::accept);
    }

    /** The requests so far. */
    public List<Request> requests() {
        return List.copyOf(requests);
    }

    /** Forgets the requests so far. */
    public void forget() {
        requests.clear();
    }

    /** From now on every connection is reset, old ones with their next request; until {@link #restore()}. */
    public void cut() {
        cut = true;
    }

    public void restore() {
        cut = false;
    }

    @Override
    public Path root() {
        return server.root();
    }

    @Override
    public Map<String, String> settings() {
        return S3Server.settings(listener.getLocalPort());
    }

    @Override
    public Map<String, String> environment() {
        return server.environment();
    }

    @Override
    public Configuration configuration() {
        Configuration configuration = server.configuration();
        settings().forEach(configuration::set);
        return configuration;
    }

    @Override
    public void close() throws IOException {
        listener.close();
        threads.shutdownNow();
        server.close();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                threads.execute(() -> serve(client));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    /** One connection of a client has one of its own to the server. */
    private void serve(Socket client) {
        try (client;
                Socket backend = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            client.setTcpNoDelay(true);
            backend.setTcpNoDelay(true);
            InputStream fromClient = new BufferedInputStream(client.getInputStream());
            OutputStream toClient = new BufferedOutputStream(client.getOutputStream());
            InputStream fromServer = new BufferedInputStream(backend.getInputStream());
            OutputStream toServer = new BufferedOutputStream(backend.getOutputStream());
            for (Optional<Head> head = Head.read(fromClient); head.isPresent(); head = Head.read(fromClient)) {
                if (!answer(head.get(), fromClient, toClient, fromServer, toServer)) {
                    client.setSoLinger(true, 0); // a reset, not an orderly end
                    return;
                }
            }
        } catch (IOException | InterruptedException e) {
            // a client that went away, or the end of the test
        }
    }

    private boolean answer(
            Head request, InputStream fromClient, OutputStream toClient, InputStream fromServer, OutputStream toServer)
            throws IOException, InterruptedException {
        Fault fault = cut ? Fault.RESET : draw();
        requests.add(new Request(request.word(0), request.word(1), fault));
        if (fault == Fault.RESET) {
            return false;
        }
        if (fault == Fault.DELAY) {
            Thread.sleep(DELAY_MILLIS);
        }
        if (request.header("expect").isPresent()) {
            toClient.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
            toClient.flush();
        }
        byte[] body = request.body(fromClient, false);
        if (fault == Fault.SLOW_DOWN) {
            slowDown(request, toClient);
            return true;
        }
        Head response;
        byte[] content;
        if (request.header("if-none-match").isPresent()
                || request.header("if-match").isPresent()) {
            synchronized (conditional) {
                response = exchange(request, body, fromServer, toServer);
                content = response.body(fromServer, request.word(0).equals("HEAD"));
            }
        } else {
            response = exchange(request, body, fromServer, toServer);
            content = response.body(fromServer, request.word(0).equals("HEAD"));
        }
        if (fault == Fault.LOST_ANSWER) {
            return false;
        }
        response.write(toClient);
        boolean broken = fault == Fault.BROKEN_BODY && content.length > 1;
        toClient.write(content, 0, broken ? content.length / 2 : content.length);
        toClient.flush();
        return !broken;
    }

    private static Head exchange(Head request, byte[] body, InputStream fromServer, OutputStream toServer)
            throws IOException {
        request.without("expect").write(toServer);
        toServer.write(body);
        toServer.flush();
        return Head.read(fromServer).orElseThrow(EOFException::new);
    }

    private static void slowDown(Head request, OutputStream toClient) throws IOException {
        String xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>SlowDown</Code>"
                + "<Message>Please reduce your request rate.</Message></Error>";
        boolean head = request.word(0).equals("HEAD");
        toClient.write(("HTTP/1.1 503 Slow Down\r\nContent-Type: application/xml\r\nContent-Length: "
                        + (head ? 0 : xml.length()) + "\r\n\r\n" + (head ? "" : xml))
                .getBytes(StandardCharsets.ISO_8859_1));
        toClient.flush();
    }

    private synchronized Fault draw() {
        double drawn = random.nextDouble();
        for (Fault fault : Fault.values()) {
            double chance = chances.getOrDefault(fault, 0.0);
            if (drawn < chance) {
                return fault;
            }
            drawn -= chance;
        }
        return Fault.NONE;
    }

    /** The first line and the headers of a request or an answer. */
    private record Head(List<String> lines) {
        static Optional<Head> read(InputStream stream) throws IOException {
            List<String> lines = new ArrayList<>();
            for (String line = line(stream); !line.isEmpty(); line = line(stream)) {
                lines.add(line);
            }
            return lines.isEmpty() ? Optional.empty() : Optional.of(new Head(lines));
        }

        String word(int number) {
            return lines.get(0).split(" ", 3)[number];
        }

        Optional<String> header(String name) {
            return lines.stream()
                    .skip(1)
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
                    .map(line -> line.substring(name.length() + 1).strip())
                    .findFirst();
        }

        Head without(String name) {
            return new Head(lines.stream()
                    .filter(line -> !line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
                    .toList());
        }

        void write(OutputStream stream) throws IOException {
            stream.write((String.join("\r\n", lines) + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
        }

        /** The bytes that follow, as they are on the wire. */
        byte[] body(InputStream stream, boolean answersHead) throws IOException {
            boolean empty = answersHead || word(1).equals("204") || word(1).equals("304");
            if (empty) {
                return new byte[0];
            }
            if (header("transfer-encoding").isPresent()) {
                return chunks(stream);
            }
            int length = Integer.parseInt(header("content-length").orElse("0"));
            byte[] body = stream.readNBytes(length);
            if (body.length < length) {
                throw new EOFException();
            }
            return body;
        }

        private static byte[] chunks(InputStream stream) throws IOException {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            while (true) {
                String size = line(stream);
                body.writeBytes((size + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
                int length = Integer.parseInt(size.replaceFirst(";.*", ""), 16);
                if (length == 0) {
                    for (String trailer = line(stream); !trailer.isEmpty(); trailer = line(stream)) {
                        body.writeBytes((trailer + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
                    }
                    body.writeBytes(new byte[] {'\r', '\n'});
                    return body.toByteArray();
                }
                body.writeBytes(stream.readNBytes(length));
                line(stream);
                body.writeBytes(new byte[] {'\r', '\n'});
            }
        }

        private static String line(InputStream stream) throws IOException {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int next = stream.read(); next >= 0 && next != '\n'; next = stream.read()) {
                if (next != '\r') {
                    line.write(next);
                }
            }
            return line.toString(StandardCharsets.ISO_8859_1);
        }
    }
}
