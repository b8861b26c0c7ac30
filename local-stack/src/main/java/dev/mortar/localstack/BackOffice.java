package dev.mortar.localstack;

import dev.mortar.localstack.Http.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Requests to the services by somebody of the role BACK_OFFICE. Reads of contacts have the purpose LEGAL. */
final class BackOffice {
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);

    private final Map<String, String> urls;
    private final String token;

    /**
     * With {@code --url} and {@code --token-file}; without these the local stack, and the token in {@code MORTAR_TOKEN}
     * or one for the local stack.
     */
    BackOffice(Arguments arguments) throws IOException {
        urls = Stack.knownUrls();
        urls.putAll(arguments.urls(Service.ALL));
        String file = arguments.text("--token-file", "");
        String given = System.getenv("MORTAR_TOKEN");
        token = !file.isEmpty()
                ? Files.readString(Path.of(file)).strip()
                : given == null ? Tokens.known().token(Tokens.READER) : given;
    }

    Answer send(String method, String service, String path, @Nullable Object body) throws IOException {
        return Http.send(
                method,
                urls.get(service) + path,
                body,
                ANSWER_TIMEOUT,
                "Authorization",
                "Bearer " + token,
                "Mortar-Purpose",
                "LEGAL");
    }

    /** The body of an answer; null if there is no such thing. */
    @Nullable
    JsonNode get(String service, String path) throws IOException {
        Answer answer = send("GET", service, path, null);
        return answer.status() == 404 ? null : answer.required();
    }

    JsonNode required(String service, String path) throws IOException {
        JsonNode found = get(service, path);
        if (found == null) {
            throw new StackFailure(service + path + " answers 404");
        }
        return found;
    }
}
