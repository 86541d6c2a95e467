package org.sparkxception.storage;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
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
        DELAY,
        DENIED
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
    private volatile Function<Request, Fault> rule = request -> request.fault();

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

    /** From now on this says what a request meets; its fault is what would be drawn. */
    public void rule(Function<Request, Fault> value) {
        rule = value;
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
            for (Optional<HttpHead> head = HttpHead.read(fromClient);
                    head.isPresent();
                    head = HttpHead.read(fromClient)) {
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
            HttpHead request,
            InputStream fromClient,
            OutputStream toClient,
            InputStream fromServer,
            OutputStream toServer)
            throws IOException, InterruptedException {
        Fault fault = rule.apply(new Request(request.word(0), request.word(1), cut ? Fault.RESET : draw()));
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
            refuse(request, "503 Slow Down", "SlowDown", toClient);
            return true;
        }
        if (fault == Fault.DENIED) {
            refuse(request, "403 Forbidden", "AccessDenied", toClient);
            return true;
        }
        HttpHead response;
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

    private static HttpHead exchange(HttpHead request, byte[] body, InputStream fromServer, OutputStream toServer)
            throws IOException {
        request.without("expect").write(toServer);
        toServer.write(body);
        toServer.flush();
        return HttpHead.read(fromServer).orElseThrow(EOFException::new);
    }

    private static void refuse(HttpHead request, String status, String code, OutputStream toClient) throws IOException {
        String xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>" + code + "</Code>"
                + "<Message>Refused by a test.</Message></Error>";
        boolean head = request.word(0).equals("HEAD");
        toClient.write(("HTTP/1.1 " + status + "\r\nContent-Type: application/xml\r\nContent-Length: "
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
}
