package org.sparkxception.lineage;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.sparkxception.ExitCode;
import org.sparkxception.InvalidSetting;
import org.sparkxception.UserException;
import org.sparkxception.storage.UriSecrets;

/** Where events go: to an HTTP endpoint, or to a local file, as lines. */
public interface Destination {
    /** The environment variable with the API key of an HTTP endpoint. */
    String API_KEY = "OPENLINEAGE_API_KEY";

    /**
     * Delivers an event.
     *
     * @param event JSON in one line
     * @throws IOException if it cannot be delivered
     */
    void send(String event) throws IOException, InterruptedException;

    /**
     * Parses a setting.
     *
     * @param setting an HTTP URL, or the path or {@code file:} URI of a local file
     * @throws UserException (exit code 2) if the URL has a key or a password
     * @throws InvalidSetting if it is neither
     */
    static Destination of(String setting, Map<String, String> environment) {
        if (UriSecrets.areIn(setting)) {
            throw new UserException(
                    ExitCode.USAGE,
                    "`openlineage` has a user, a password or a query in its URL, which would appear in logs: remove it,"
                            + " and set the environment variable " + API_KEY);
        }
        try {
            if (setting.toLowerCase(Locale.ROOT).matches("https?://.*")) {
                return new Endpoint(URI.create(setting), environment.getOrDefault(API_KEY, ""));
            }
            if (setting.startsWith("file:")) {
                return new Lines(Path.of(URI.create(setting)));
            }
            if (!setting.contains("://")) {
                return new Lines(Path.of(setting));
            }
        } catch (IllegalArgumentException e) {
            throw invalid(setting, e);
        }
        throw invalid(setting, null);
    }

    private static InvalidSetting invalid(String setting, Throwable cause) {
        InvalidSetting invalid = new InvalidSetting("openlineage", "an http or https URL, or a local file", setting);
        invalid.initCause(cause);
        return invalid;
    }

    /** Appends events to a file. */
    record Lines(Path file) implements Destination {
        @Override
        public void send(String event) throws IOException {
            Path directory = file.toAbsolutePath().getParent();
            if (directory != null) {
                Files.createDirectories(directory);
            }
            Files.writeString(
                    file, event + "\n", StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
    }

    /** Posts events. */
    final class Endpoint implements Destination {
        private static final String DEFAULT_PATH = "/api/v1/lineage";
        private static final Duration CONNECT = Duration.ofSeconds(5);
        private static final Duration ANSWER = Duration.ofSeconds(10);

        private final URI uri;
        private final String apiKey;

        /**
         * Creates an endpoint.
         *
         * @param apiKey empty if it needs none
         * @throws IllegalArgumentException if the URL has no host
         */
        Endpoint(URI uri, String apiKey) {
            if (uri.getHost() == null) {
                throw new IllegalArgumentException("no host");
            }
            this.uri = uri.getPath().replace("/", "").isEmpty() ? uri.resolve(DEFAULT_PATH) : uri;
            this.apiKey = apiKey;
        }

        @Override
        public void send(String event) throws IOException, InterruptedException {
            HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                    .timeout(ANSWER)
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString(event));
            if (!apiKey.isEmpty()) {
                request.header("Authorization", "Bearer " + apiKey);
            }
            HttpClient client = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(CONNECT)
                    .build();
            HttpResponse<Void> response = client.send(request.build(), BodyHandlers.discarding());
            if (response.statusCode() / 100 != 2) {
                throw new IOException("HTTP status " + response.statusCode());
            }
        }
    }
}
