package dev.mortar.localstack;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Requests of JSON. */
public final class Http {
    /** Clients of services; connections are reused. */
    public static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private Http() {}

    /** An answer; the body is a missing node when it is not JSON. */
    public record Answer(String request, int status, JsonNode body) {

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

        public StackFailure unexpected() {
            String text = body.toString();
            return new StackFailure(
                    request + " answered " + status + " " + text.substring(0, Math.min(400, text.length())));
        }
    }

    /** Sends one request with headers, names and values in turn; a failure when there is no answer within this time. */
    public static Answer send(String method, String url, @Nullable Object body, Duration within, String... headers)
            throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url))
                .timeout(within)
                .header("Content-Type", "application/json")
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(json(body)));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        try {
            HttpResponse<String> response = CLIENT.send(request.build(), BodyHandlers.ofString());
            return new Answer(method + " " + url, response.statusCode(), parse(response.body()));
        } catch (InterruptedException e) {
            throw StackFailure.interrupted("the answer to " + method + " " + url, e);
        }
    }

    public static String json(Object value) {
        return JSON.writeValueAsString(value);
    }

    private static JsonNode parse(String body) {
        try {
            return body.isBlank() ? JSON.missingNode() : JSON.readTree(body);
        } catch (JacksonException e) {
            return JSON.missingNode();
        }
    }
}
