package dev.mortar.benchmarks;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The generator's HTTP: requests are sent and never waited for. */
final class Http {
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(60);
    private static final Duration TAKEN_WITHIN = Duration.ofSeconds(60);
    private static final int COME_AGAIN = 503;
    private static final int PAUSE_MS = 1_000;
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();

    private Http() {}

    /**
     * An answer.
     *
     * @param status 0 when there was none
     * @param location of what was made, if the answer names it
     */
    record Answer(int status, @Nullable String location, String body) {
        private static final Answer NONE = new Answer(0, null, "");

        boolean well() {
            return status >= 200 && status < 300;
        }
    }

    static CompletableFuture<Answer> get(String url) {
        return send(
                HttpRequest.newBuilder(URI.create(url)).timeout(ANSWER_WITHIN).build());
    }

    /**
     * Places an order; one that is told to come again comes again after a second.
     *
     * @param key unique to it
     * @param waitSeconds how long the service shall wait for the decision
     */
    static CompletableFuture<Answer> placeOrder(
            String url, String key, String traceparent, int waitSeconds, String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + "/v1/orders"))
                .timeout(ANSWER_WITHIN)
                .header("Idempotency-Key", key)
                .header("Mortar-Actor", "SHOPPER benchmark")
                .header("Content-Type", "application/json")
                .header("traceparent", traceparent)
                .POST(HttpRequest.BodyPublishers.ofString(body));
        HttpRequest ready = (waitSeconds == 0 ? request : request.header("Prefer", "wait=" + waitSeconds)).build();
        return untilTaken(ready, System.nanoTime() + TAKEN_WITHIN.toNanos());
    }

    /** Repeats a request under its key as long as it is told to come again. */
    private static CompletableFuture<Answer> untilTaken(HttpRequest request, long endNs) {
        return send(request).thenCompose(answer -> {
            if (answer.status() != COME_AGAIN || System.nanoTime() > endNs) {
                return CompletableFuture.completedFuture(answer);
            }
            Executor later = CompletableFuture.delayedExecutor(PAUSE_MS, TimeUnit.MILLISECONDS);
            return CompletableFuture.runAsync(() -> {}, later).thenCompose(_ -> untilTaken(request, endNs));
        });
    }

    private static CompletableFuture<Answer> send(HttpRequest request) {
        return CLIENT.sendAsync(request, HttpResponse.BodyHandlers.ofString())
                .thenApply(response -> new Answer(
                        response.statusCode(),
                        response.headers().firstValue("location").orElse(null),
                        response.body()))
                .exceptionally(_ -> Answer.NONE);
    }
}
