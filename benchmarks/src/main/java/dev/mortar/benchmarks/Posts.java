package dev.mortar.benchmarks;

import dev.mortar.localstack.Http;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The generator's HTTP: it sends requests and never waits for one. */
final class Posts {
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(60);
    private static final int PAUSE_MS = 1_000;

    private Posts() {}

    /** An answer, with status 0 when there was none, and the location of the thing that was made, if there is one. */
    record Answer(int status, @Nullable String location, String body) {
        private static final Answer NONE = new Answer(0, null, "");

        /** Whether the service had too much to do to take the request. */
        boolean isRefused() {
            return status == 503 || status == 429;
        }
    }

    /** @param caller names and values of headers in turn */
    static CompletableFuture<Answer> get(String url, String... caller) {
        return send(with(request(url), caller).build());
    }

    /**
     * Posts JSON; a refused request comes again after a second, this many times at most.
     *
     * @param caller names and values of headers in turn
     */
    static CompletableFuture<Answer> post(
            String url, String key, String traceparent, String body, int repeats, String... caller) {
        HttpRequest.Builder request = with(request(url), caller).POST(HttpRequest.BodyPublishers.ofString(body));
        request.headers("Idempotency-Key", key, "traceparent", traceparent);
        return untilTaken(request.header("Content-Type", "application/json").build(), repeats);
    }

    private static HttpRequest.Builder with(HttpRequest.Builder request, String... headers) {
        return headers.length == 0 ? request : request.headers(headers);
    }

    private static HttpRequest.Builder request(String url) {
        return HttpRequest.newBuilder(URI.create(url)).timeout(ANSWER_WITHIN);
    }

    private static CompletableFuture<Answer> untilTaken(HttpRequest request, int repeats) {
        return send(request).thenCompose(answer -> {
            if (!answer.isRefused() || repeats == 0) {
                return CompletableFuture.completedFuture(answer);
            }
            Executor later = CompletableFuture.delayedExecutor(PAUSE_MS, TimeUnit.MILLISECONDS);
            return CompletableFuture.runAsync(() -> {}, later).thenCompose(_ -> untilTaken(request, repeats - 1));
        });
    }

    private static CompletableFuture<Answer> send(HttpRequest request) {
        return Http.CLIENT
                .sendAsync(request, HttpResponse.BodyHandlers.ofString())
                .thenApply(response -> new Answer(
                        response.statusCode(),
                        response.headers().firstValue("location").orElse(null),
                        response.body()))
                .exceptionally(_ -> Answer.NONE);
    }
}
