package dev.mortar.localstack.demo;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The services' HTTP APIs. A request whose fate is not known (no answer, 503, or taken and not decided yet) is sent
 * again with the same key, which the services recognise: an answer is a decision, made once.
 */
final class Api {
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final long PAUSE_FIRST_MS = 50;
    private static final long PAUSE_MAX_MS = 1_000;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Map<String, String> urls;
    private final AtomicLong repeats = new AtomicLong();
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();

    /** An API that does not behave; the message is meant for whoever runs the demo. */
    static final class Unexpected extends RuntimeException {
        private static final long serialVersionUID = 1;

        Unexpected(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** An answer; the body is a missing node when there is none. */
    record Answer(String request, int status, JsonNode body) {

        boolean well() {
            return status >= 200 && status < 300;
        }

        /** The body of a 2xx answer. */
        JsonNode required() {
            if (!well()) {
                throw unexpected();
            }
            return body;
        }

        Unexpected unexpected() {
            String text = body.toString();
            return new Unexpected(
                    request + " answered " + status + " " + text.substring(0, Math.min(400, text.length())), null);
        }
    }

    /** The URLs of the services by name: order, inventory, pickup, returns, notification; no slash at the end. */
    Api(Map<String, String> urls) {
        this.urls = Map.copyOf(urls);
    }

    /** How often a request had to be sent again. */
    long repeats() {
        return repeats.get();
    }

    Answer get(String service, String path) {
        return get(service, path, 0);
    }

    Answer get(String service, String path, int waitSeconds) {
        return send("GET " + service + path, request(service, path, waitSeconds).GET());
    }

    Answer post(String service, String path, String actor, String key, int waitSeconds, Object body) {
        return send(
                "POST " + service + path,
                request(service, path, waitSeconds)
                        .header("Idempotency-Key", key)
                        .header("Mortar-Actor", actor)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body))));
    }

    Answer put(String service, String path, String actor, Object body) {
        return send(
                "PUT " + service + path,
                request(service, path, 0)
                        .header("Mortar-Actor", actor)
                        .header("Content-Type", "application/json")
                        .PUT(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body))));
    }

    /** A path segment, percent-encoded. */
    static String segment(String id) {
        return URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /**
     * Asks, with growing pauses, until there is an answer that will do.
     *
     * @return what will do, or null when the patience is over
     */
    static <T> @Nullable T await(Duration patience, Supplier<@Nullable T> question) {
        long endNs = System.nanoTime() + patience.toNanos();
        long pauseMs = PAUSE_FIRST_MS;
        while (true) {
            T answer = question.get();
            if (answer != null || System.nanoTime() > endNs) {
                return answer;
            }
            pause(pauseMs);
            pauseMs = Math.min(PAUSE_MAX_MS, pauseMs * 2);
        }
    }

    static void pause(long milliseconds) {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unexpected("interrupted", e);
        }
    }

    private HttpRequest.Builder request(String service, String path, int waitSeconds) {
        String url = urls.get(service);
        if (url == null) {
            throw new IllegalArgumentException("There is no URL of " + service + " among " + urls.keySet());
        }
        HttpRequest.Builder builder =
                HttpRequest.newBuilder(URI.create(url + path)).timeout(ANSWER_TIMEOUT);
        return waitSeconds == 0 ? builder : builder.header("Prefer", "wait=" + waitSeconds);
    }

    private Answer send(String name, HttpRequest.Builder builder) {
        HttpRequest request = builder.build();
        long endNs = System.nanoTime() + PATIENCE.toNanos();
        long pauseMs = PAUSE_FIRST_MS;
        while (true) {
            String trouble;
            try {
                HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
                Answer answer = new Answer(name, response.statusCode(), read(response.body()));
                boolean pending = answer.status() == 202
                        && answer.body().path("status").asString("").equals("PENDING");
                if (answer.status() != 503 && !pending) {
                    return answer;
                }
                trouble = "answers " + answer.status() + " " + answer.body();
            } catch (IOException e) {
                trouble = "fails with " + e;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new Unexpected(name + " was interrupted", e);
            }
            if (System.nanoTime() > endNs) {
                throw new Unexpected(name + " still " + trouble + " after " + PATIENCE.toSeconds() + " s", null);
            }
            repeats.incrementAndGet();
            pause(pauseMs);
            pauseMs = Math.min(PAUSE_MAX_MS, pauseMs * 2);
        }
    }

    private static JsonNode read(String body) {
        if (body.isBlank() || (body.charAt(0) != '{' && body.charAt(0) != '[')) {
            return JSON.missingNode();
        }
        return JSON.readTree(body);
    }
}
