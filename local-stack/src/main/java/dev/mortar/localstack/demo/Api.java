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
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The services' HTTP APIs. A request whose fate is not known (no answer, 503, or taken and not decided yet) is sent
 * again with the same key, which the services recognise: an answer is a decision, made once.
 */
public final class Api {
    private static final long PAUSE_FIRST_MS = 50;
    private static final long PAUSE_MAX_MS = 1_000;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Function<String, @Nullable String> urls;
    private final Patience patience;
    private final Witness witness;
    private final AtomicLong repeats = new AtomicLong();
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();

    /** An API that does not behave; the message is meant for whoever runs the demo. */
    public static final class Unexpected extends RuntimeException {
        private static final long serialVersionUID = 1;

        Unexpected(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * How long a request is worth repeating.
     *
     * @param answer how long one attempt waits for its answer
     * @param all from the first attempt to the last, which begins within it
     * @param attempts at most
     */
    public record Patience(Duration answer, Duration all, int attempts) {
        static final Patience OF_PEOPLE = new Patience(Duration.ofSeconds(60), Duration.ofMinutes(3), 1_000);
    }

    /** Is told of every request that moves something, once its fate is known or nobody asks any more. */
    public interface Witness {
        /**
         * The end of a request.
         *
         * @param answer null when there was none, however often it was asked for
         */
        void saw(Request request, @Nullable Answer answer);
    }

    /** A request that moves something; the same one made again is recognised by actor, path and key. */
    public record Request(String service, String path, String actor, String key, Object body) {}

    /** An answer; the body is a missing node when there is none. */
    public record Answer(String request, int status, JsonNode body) {

        /** Whether it was done. */
        public boolean well() {
            return status >= 200 && status < 300;
        }

        /** The body of a 2xx answer. */
        public JsonNode required() {
            if (!well()) {
                throw unexpected();
            }
            return body;
        }

        public Unexpected unexpected() {
            String text = body.toString();
            return new Unexpected(
                    request + " answered " + status + " " + text.substring(0, Math.min(400, text.length())), null);
        }
    }

    /** The URLs of the services by name: order, inventory, pickup, returns, notification; no slash at the end. */
    Api(Map<String, String> urls) {
        this(Map.copyOf(urls)::get, Patience.OF_PEOPLE, (_, _) -> {});
    }

    /**
     * APIs with several instances.
     *
     * @param urls the URL of a service by its name, asked for each attempt; null for a name there is not
     */
    public Api(Function<String, @Nullable String> urls, Patience patience, Witness witness) {
        this.urls = urls;
        this.patience = patience;
        this.witness = witness;
    }

    /** How often a request had to be sent again. */
    public long repeats() {
        return repeats.get();
    }

    public Answer get(String service, String path) {
        return get(service, path, 0);
    }

    Answer get(String service, String path, int waitSeconds) {
        return send(
                "GET " + service + path,
                () -> request(service, path, waitSeconds).GET());
    }

    /**
     * Makes a request until its fate is known.
     *
     * @throws Unexpected when it is not after all attempts
     */
    public Answer post(Request request) {
        return post(request, 0);
    }

    Answer post(String service, String path, String actor, String key, int waitSeconds, Object body) {
        return post(new Request(service, path, actor, key, body), waitSeconds);
    }

    private Answer post(Request asked, int waitSeconds) {
        String json = JSON.writeValueAsString(asked.body());
        Answer answer = null;
        try {
            answer = send(
                    "POST " + asked.service() + asked.path(),
                    () -> request(asked.service(), asked.path(), waitSeconds)
                            .header("Idempotency-Key", asked.key())
                            .header("Mortar-Actor", asked.actor())
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(json)));
            return answer;
        } finally {
            witness.saw(asked, answer);
        }
    }

    public Answer put(String service, String path, String actor, Object body) {
        String json = JSON.writeValueAsString(body);
        return send(
                "PUT " + service + path,
                () -> request(service, path, 0)
                        .header("Mortar-Actor", actor)
                        .header("Content-Type", "application/json")
                        .PUT(HttpRequest.BodyPublishers.ofString(json)));
    }

    /** A path segment, percent-encoded. */
    public static String segment(String id) {
        return URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /**
     * Asks, with growing pauses, until there is an answer that will do.
     *
     * @return what will do, or null when the patience is over
     */
    public static <T> @Nullable T await(Duration patience, Supplier<@Nullable T> question) {
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
        String url = urls.apply(service);
        if (url == null) {
            throw new IllegalArgumentException("There is no URL of " + service);
        }
        HttpRequest.Builder builder =
                HttpRequest.newBuilder(URI.create(url + path)).timeout(patience.answer());
        // Who hangs up before the service has waited as long as it was told to never hears what it knew all along.
        long wait = Math.min(waitSeconds, patience.answer().toSeconds() / 2);
        return wait == 0 ? builder : builder.header("Prefer", "wait=" + wait);
    }

    private Answer send(String name, Supplier<HttpRequest.Builder> request) {
        long endNs = System.nanoTime() + patience.all().toNanos();
        long pauseMs = PAUSE_FIRST_MS;
        for (int attempt = 1; ; attempt++) {
            String trouble;
            try {
                HttpResponse<String> response = http.send(request.get().build(), HttpResponse.BodyHandlers.ofString());
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
            if (System.nanoTime() > endNs || attempt >= patience.attempts()) {
                throw new Unexpected(name + " still " + trouble + " after " + attempt + " attempts", null);
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
