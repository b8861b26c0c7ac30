package dev.mortar.localstack;

import dev.mortar.localstack.Http.Answer;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The services' HTTP APIs. A request whose fate is not known (no answer, 503, or taken and not decided yet) is sent
 * again with the same key, which the services recognise: an answer is a decision, made once.
 */
public final class Api {
    private static final long PAUSE_FIRST_MS = 50;
    private static final long PAUSE_MAX_MS = 1_000;

    private final Function<String, @Nullable String> urls;
    private final Tokens tokens;
    private final Patience patience;
    private final Witness witness;
    private final AtomicLong repeats = new AtomicLong();

    /**
     * How long a request is worth repeating: for one answer, from the first attempt to the beginning of the last, at
     * most.
     */
    public record Patience(Duration answer, Duration all, int attempts) {
        private static final Patience OF_PEOPLE = new Patience(Duration.ofSeconds(60), Duration.ofMinutes(3), 1_000);
        /** While locations, stock and contacts are sent to a stack that has just started. */
        public static final Patience OF_SEEDING = new Patience(Duration.ofSeconds(60), Duration.ofMinutes(10), 10_000);
    }

    /** Hears of every POST, once its fate is known or its client gives up. */
    public interface Witness {
        /** The end of a request, without an answer if none came to any attempt. */
        void saw(Request request, @Nullable Answer answer);
    }

    /** A POST; the services recognise a repeat by actor, path and key. */
    public record Request(String service, String path, String actor, String key, Object body) {}

    /**
     * The URLs of the services by name: order, inventory, pickup, returns, notification, and mail, which needs no
     * token; no slash at the end.
     */
    public Api(Map<String, String> urls, Tokens tokens) {
        this(Map.copyOf(urls)::get, tokens, Patience.OF_PEOPLE, (_, _) -> {});
    }

    /** For each attempt the URL of a service by its name, or null for a name there is not. */
    public Api(Function<String, @Nullable String> urls, Tokens tokens, Patience patience, Witness witness) {
        this.urls = urls;
        this.tokens = tokens;
        this.patience = patience;
        this.witness = witness;
    }

    public long repeats() {
        return repeats.get();
    }

    public Answer get(String service, String path) {
        return get(service, path, 0);
    }

    /** @param waitSeconds how long the service may wait for a decision before it answers */
    public Answer get(String service, String path, int waitSeconds) {
        return send("GET", service, path, Tokens.READER, waitSeconds, null);
    }

    /** Makes a request until its fate is known; a failure when it is not after all attempts. */
    public Answer post(Request request) {
        return post(request, 0);
    }

    public Answer post(Request asked, int waitSeconds) {
        Answer answer = null;
        try {
            String[] key = {"Idempotency-Key", asked.key()};
            answer = send("POST", asked.service(), asked.path(), asked.actor(), waitSeconds, asked.body(), key);
            return answer;
        } finally {
            witness.saw(asked, answer);
        }
    }

    public Answer put(String service, String path, String actor, Object body) {
        return send("PUT", service, path, actor, 0, body);
    }

    /** The body of an answer once the thing there is known and decided; fails when the patience is over. */
    public JsonNode awaitKnown(Duration patience, String service, String path, int waitSeconds) {
        JsonNode known = await(patience, () -> {
            Answer answer = get(service, path, waitSeconds);
            return answer.status() == 404 || answer.status() == 202 ? null : answer.required();
        });
        if (known == null) {
            throw new StackFailure("Still not known or not decided: " + service + path);
        }
        return known;
    }

    /** A path segment, percent-encoded. */
    public static String segment(String id) {
        return URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Asks, with growing pauses, until there is an answer that will do; null when the patience is over. */
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

    /** Waits; the message of its failure is for people. */
    public static void pause(long milliseconds) {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException e) {
            throw StackFailure.interrupted("the next attempt", e);
        }
    }

    private Answer send(
            String method,
            String service,
            String path,
            String actor,
            int waitSeconds,
            @Nullable Object body,
            String... headers) {
        List<String> others = new ArrayList<>(List.of(headers));
        // A client that hangs up before the service has waited as long as it may never hears the decision.
        long wait = Math.min(waitSeconds, patience.answer().toSeconds() / 2);
        if (wait > 0) {
            others.addAll(List.of("Prefer", "wait=" + wait));
        }
        long endNs = System.nanoTime() + patience.all().toNanos();
        long pauseMs = PAUSE_FIRST_MS;
        for (int attempt = 1; ; attempt++) {
            String trouble;
            String url = urls.apply(service);
            if (url == null) {
                throw new IllegalArgumentException("There is no URL of " + service);
            }
            // Each attempt asks for the token, because an earlier one may have ended.
            List<String> all = new ArrayList<>(others);
            if (!service.equals("mail")) {
                all.addAll(tokens.headers(actor));
            }
            try {
                Answer answer = Http.send(method, url + path, body, patience.answer(), all.toArray(String[]::new));
                boolean pending = answer.status() == 202
                        && answer.body().path("status").asString("").equals("PENDING");
                if (answer.status() != 503 && !pending) {
                    return answer;
                }
                trouble = "answers " + answer.status() + " " + answer.body();
            } catch (IOException e) {
                trouble = "fails with " + e;
            }
            if (System.nanoTime() > endNs || attempt >= patience.attempts()) {
                throw new StackFailure(
                        method + " " + service + path + " still " + trouble + " after " + attempt + " attempts");
            }
            repeats.incrementAndGet();
            pause(pauseMs);
            pauseMs = Math.min(PAUSE_MAX_MS, pauseMs * 2);
        }
    }
}
