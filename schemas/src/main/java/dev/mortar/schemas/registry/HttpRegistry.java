package dev.mortar.schemas.registry;

import dev.mortar.schemas.registry.RegistryException.Incompatible;
import dev.mortar.schemas.registry.RegistryException.NotFound;
import dev.mortar.schemas.registry.RegistryException.Refused;
import dev.mortar.schemas.registry.RegistryException.Unavailable;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A registry that is reached by HTTP. Ids and schemas never change, so the client caches them. */
final class HttpRegistry implements RegistryClient {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String MEDIA_TYPE = "application/vnd.schemaregistry.v1+json";
    private static final Duration CONNECT_MAX = Duration.ofSeconds(5);
    private static final Duration ANSWER_MAX = Duration.ofSeconds(10);
    private static final long RETRY_PAUSE_MAX_MS = 5_000;
    private static final int ERROR_TEXT_MAX_CHARS = 500;

    private static final Map<List<Object>, HttpRegistry> SHARED = new ConcurrentHashMap<>();

    private final List<Endpoint> endpoints;
    private final HttpClient http;
    private final int maxRetries;
    private final long firstPauseMs;
    private final @Nullable Path tokenFile;
    private final Map<Integer, Schema> schemas = new ConcurrentHashMap<>();
    private final Map<SubjectSchema, Version> versions = new ConcurrentHashMap<>();
    private final Map<SubjectSchema, Integer> ids = new ConcurrentHashMap<>();
    private volatile int preferred;

    static HttpRegistry shared(RegistryConfig config) {
        return SHARED.computeIfAbsent(config.client(), _ -> new HttpRegistry(config));
    }

    HttpRegistry(RegistryConfig config) {
        endpoints = config.urls().stream().map(url -> Endpoint.of(url, config)).toList();
        http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NORMAL)
                .connectTimeout(CONNECT_MAX)
                .build();
        maxRetries = config.getInt(RegistryConfig.MAX_RETRIES);
        firstPauseMs = config.getInt(RegistryConfig.RETRIES_WAIT_MS);
        tokenFile = config.tokenFile().orElse(null);
    }

    @Override
    public int register(String subject, Schema schema) {
        return cached(ids, new SubjectSchema(subject, schema.toString()), () -> {
            var answer = send("POST", "/subjects/" + encoded(subject) + "/versions", new Question(schema));
            if (answer.status() == 409) {
                throw new Incompatible(subject, List.of(answer.message()));
            }
            return answer.read(body -> body.required("id").asInt());
        });
    }

    @Override
    public Version lookUp(String subject, Schema schema) {
        return cached(versions, new SubjectSchema(subject, schema.toString()), () -> {
            var version = send("POST", "/subjects/" + encoded(subject), new Question(schema))
                    .read(HttpRegistry::version);
            // A service that writes with this schema can then read it, too, while the registry is away.
            schemas.putIfAbsent(version.id(), version.schema());
            return version;
        });
    }

    @Override
    public Schema schema(int id) {
        return cached(schemas, id, () -> send("GET", "/schemas/ids/" + id, null).read(HttpRegistry::parse));
    }

    /** Does not lock the key, so that callers do not wait for one another's retries. */
    private static <K, V> V cached(Map<K, V> cache, K key, Supplier<V> ask) {
        V known = cache.get(key);
        if (known != null) {
            return known;
        }
        V answer = ask.get();
        cache.put(key, answer);
        return answer;
    }

    @Override
    public Version latest(String subject) {
        return send("GET", "/subjects/" + encoded(subject) + "/versions/latest", null)
                .read(HttpRegistry::version);
    }

    @Override
    public void setCompatibility(String subject, Compatibility compatibility) {
        send("PUT", "/config/" + encoded(subject), Map.of("compatibility", compatibility))
                .read(Function.identity());
    }

    @Override
    public List<String> violations(String subject, Schema schema) {
        var path = "/compatibility/subjects/" + encoded(subject) + "/versions?verbose=true";
        try {
            return send("POST", path, new Question(schema)).read(HttpRegistry::violations);
        } catch (NotFound nothingToBreak) {
            return List.of();
        }
    }

    /** Tries each URL in turn, beginning with the one that answered last. Tries all of them again after a pause. */
    private Answer send(String method, String path, @Nullable Object body) {
        BodyPublisher publisher =
                body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body));
        var failures = new ArrayList<String>();
        for (int round = 0; round <= maxRetries; round++) {
            if (round > 0) {
                pause(round);
            }
            failures.clear();
            int first = preferred;
            for (int i = 0; i < endpoints.size(); i++) {
                int index = (first + i) % endpoints.size();
                var endpoint = endpoints.get(index);
                var request = endpoint.request(path)
                        .header("Content-Type", MEDIA_TYPE)
                        .method(method, publisher);
                if (tokenFile != null) {
                    request.setHeader("Authorization", "Bearer " + token(tokenFile));
                }
                var answer = attempt(endpoint, request.build(), failures);
                if (answer != null) {
                    preferred = index;
                    return answer;
                }
            }
        }
        throw new Unavailable("Schema registry is away: " + String.join("; ", failures));
    }

    private static String token(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new Refused("The token for the registry cannot be read from " + file + ": " + e);
        }
    }

    /** The answer, or null if another attempt may give a different answer. */
    private @Nullable Answer attempt(Endpoint endpoint, HttpRequest request, List<String> failures) {
        try {
            var response = http.send(request, BodyHandlers.ofString(StandardCharsets.UTF_8));
            var answer = new Answer(request, response);
            if (!answer.isPassing()) {
                return answer;
            }
            failures.add(endpoint.base() + ": " + answer.message());
        } catch (ConnectException e) {
            failures.add(endpoint.base() + ": no connection");
        } catch (IOException e) {
            failures.add(endpoint.base() + ": "
                    + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()));
        } catch (InterruptedException e) {
            throw new InterruptException("Interrupted while waiting for the schema registry", e);
        }
        return null;
    }

    private void pause(int round) {
        long waitMs = Math.min(RETRY_PAUSE_MAX_MS, firstPauseMs << Math.min(round - 1, 20));
        try {
            // Half of the pause is random, so that all services do not return to the registry at the same time.
            Thread.sleep(waitMs / 2 + ThreadLocalRandom.current().nextLong(waitMs / 2 + 1));
        } catch (InterruptedException e) {
            throw new InterruptException("Interrupted while waiting for the schema registry", e);
        }
    }

    private static Version version(JsonNode answer) {
        return new Version(
                answer.required("subject").asString(),
                answer.required("version").asInt(),
                answer.required("id").asInt(),
                parse(answer));
    }

    private static List<String> violations(JsonNode answer) {
        if (answer.required("is_compatible").asBoolean()) {
            return List.of();
        }
        var messages =
                answer.path("messages").valueStream().map(JsonNode::asString).toList();
        return messages.isEmpty() ? List.of("the registry gave no reason") : messages;
    }

    private static Schema parse(JsonNode answer) {
        var type = answer.path("schemaType").asString("AVRO");
        if (!type.equals("AVRO")) {
            throw new Refused("The registry returned a schema of type " + type + " instead of an Avro schema");
        }
        try {
            // The registry has accepted the schema. Other producers may be less strict about defaults.
            return new Schema.Parser()
                    .setValidateDefaults(false)
                    .parse(answer.required("schema").asString());
        } catch (AvroRuntimeException e) {
            throw new Refused("The registry returned a schema that Avro cannot parse: " + e.getMessage());
        }
    }

    private static String encoded(String pathSegment) {
        return URLEncoder.encode(pathSegment, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private record SubjectSchema(String subject, String text) {}

    private record Question(String schema, String schemaType) {
        Question(Schema schema) {
            this(schema.toString(), "AVRO");
        }
    }

    /** A base URL without user info, and its Authorization header. */
    private record Endpoint(String base, @Nullable String authorization) {
        static Endpoint of(String url, RegistryConfig config) {
            try {
                var uri = URI.create(url);
                if (uri.getHost() == null || !List.of("http", "https").contains(uri.getScheme())) {
                    throw new IllegalArgumentException("not an http or https URL with a host");
                }
                var userInfo = config.userInfo().orElse(decoded(uri.getRawUserInfo()));
                var base = new URI(uri.getScheme(), null, uri.getHost(), uri.getPort(), uri.getPath(), null, null)
                        .toString();
                return new Endpoint(base.replaceAll("/+$", ""), userInfo == null ? null : basic(userInfo));
            } catch (IllegalArgumentException | URISyntaxException e) {
                // The URL and the parser's message may contain a password.
                throw new ConfigException(
                        RegistryConfig.SCHEMA_REGISTRY_URL + " has an entry that is no http, https or mock URL");
            }
        }

        private static @Nullable String decoded(@Nullable String userInfo) {
            return userInfo == null ? null : URLDecoder.decode(userInfo.replace("+", "%2B"), StandardCharsets.UTF_8);
        }

        private static String basic(String userInfo) {
            return "Basic " + Base64.getEncoder().encodeToString(userInfo.getBytes(StandardCharsets.UTF_8));
        }

        HttpRequest.Builder request(String path) {
            var request = HttpRequest.newBuilder(URI.create(base + path))
                    .timeout(ANSWER_MAX)
                    .header("Accept", MEDIA_TYPE + ", application/json");
            return authorization == null ? request : request.header("Authorization", authorization);
        }
    }

    private record Answer(
            HttpRequest request, int status, @Nullable JsonNode body, String text) {
        Answer(HttpRequest request, HttpResponse<String> response) {
            this(request, response.statusCode(), json(response.body()), response.body());
        }

        private static @Nullable JsonNode json(String text) {
            try {
                return JSON.readTree(text);
            } catch (JacksonException e) {
                return null;
            }
        }

        boolean isPassing() {
            return status >= 500 || status == 429 || status == 408;
        }

        <T> T read(Function<JsonNode, T> reading) {
            if (status / 100 == 2 && body != null) {
                try {
                    return reading.apply(body);
                } catch (JacksonException e) {
                    throw refused("has an answer that no registry gives: " + e.getOriginalMessage());
                }
            }
            int errorCode = body == null ? 0 : body.path("error_code").asInt(0);
            if (status == 404 && errorCode / 100 == 404) {
                throw new NotFound(errorCode, message());
            }
            throw refused("was refused: " + message());
        }

        private Refused refused(String outcome) {
            return new Refused(request.method() + " " + request.uri() + " " + outcome);
        }

        /** The registry's message, or the text of the answer if it has no message. */
        String message() {
            var message = body == null ? null : body.path("message").asString("");
            if (message == null || message.isBlank()) {
                message = text.isBlank()
                        ? "no explanation"
                        : text.substring(0, Math.min(text.length(), ERROR_TEXT_MAX_CHARS));
            }
            return message + " (HTTP " + status + ")";
        }
    }
}
