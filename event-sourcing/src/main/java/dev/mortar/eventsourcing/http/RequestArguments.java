package dev.mortar.eventsourcing.http;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.Caller;
import dev.mortar.eventsourcing.CommandRequest;
import dev.mortar.eventsourcing.NameBasedId;
import dev.mortar.eventsourcing.QueryRequest;
import dev.mortar.values.IdText;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.HandlerMapping;

/**
 * Makes {@link CommandRequest} and {@link QueryRequest} from the headers of a request, and passes its {@link Caller}. A
 * faulty header is a {@link BadRequest}.
 */
final class RequestArguments implements HandlerMethodArgumentResolver {
    private static final UUID NAMESPACE = UUID.fromString("6f1d3c7e-52d8-5a4b-9c0e-0b7a3d2f4e61");
    private static final int KEY_MAX_CHARACTERS = 200;
    private static final int WAIT_MAX_SECONDS = 30;
    private static final Instant OCCURRED_MIN = Instant.parse("1970-01-01T00:00:00Z");
    private static final Instant OCCURRED_MAX = Instant.parse("2200-01-01T00:00:00Z");
    private static final Pattern WAIT = Pattern.compile("(?:^|[,;\\s])wait\\s*=\\s*(\\d{1,6})(?:$|[,;\\s])");
    private static final Pattern TRACEPARENT = Pattern.compile("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}.*");

    @Override
    public boolean supportsParameter(MethodParameter parameter) {
        return parameter.getParameterType() == Caller.class
                || parameter.getParameterType() == CommandRequest.class
                || parameter.getParameterType() == QueryRequest.class;
    }

    @Override
    public Object resolveArgument(
            MethodParameter parameter,
            @Nullable ModelAndViewContainer container,
            NativeWebRequest web,
            @Nullable WebDataBinderFactory binders) {
        HttpServletRequest request = Objects.requireNonNull(web.getNativeRequest(HttpServletRequest.class));
        if (parameter.getParameterType() == Caller.class) {
            return caller(request);
        }
        Duration waitFor = waitFor(request);
        if (parameter.getParameterType() == QueryRequest.class) {
            String sequence = request.getHeader("Mortar-Min-Sequence");
            return new QueryRequest(sequence == null ? 0 : number("Mortar-Min-Sequence", sequence), waitFor);
        }
        Caller caller = caller(request);
        UUID commandId = commandId(request, caller.actor(), parameter.hasParameterAnnotation(Keyless.class));
        String correlationId = HeaderText.of(request, "X-Correlation-Id");
        if (correlationId != null) {
            refuse("X-Correlation-Id", IdText.fault(correlationId));
            refuse("X-Correlation-Id", IdText.personal(correlationId));
        }
        return new CommandRequest(
                commandId,
                caller,
                correlationId == null ? commandId.toString() : correlationId,
                occurredAt(request),
                expectedSequence(request),
                waitFor,
                traceparent(request));
    }

    private static void refuse(String header, @Nullable String fault) {
        if (fault != null) {
            throw new BadRequest(header, fault);
        }
    }

    private static UUID commandId(HttpServletRequest request, Actor actor, boolean keyless) {
        String key = HeaderText.of(request, "Idempotency-Key");
        if (key == null && keyless) {
            return UUID.randomUUID();
        }
        if (key == null || key.isBlank() || key.length() > KEY_MAX_CHARACTERS) {
            throw BadRequest.malformed(
                    "Idempotency-Key",
                    "is required and has 1 to " + KEY_MAX_CHARACTERS
                            + " characters. Send the same key with every retry");
        }
        refuse("Idempotency-Key", IdText.ambiguity(key));
        Object path = request.getAttribute(HandlerMapping.PATH_WITHIN_HANDLER_MAPPING_ATTRIBUTE);
        String route = request.getMethod() + " " + (path == null ? request.getRequestURI() : path);
        return NameBasedId.of(NAMESPACE, actor.type() + " " + actor.id() + "\n" + route + "\n" + key);
    }

    /** The caller that the check of the route's grants has left. */
    private static Caller caller(HttpServletRequest request) {
        return (Caller) Objects.requireNonNull(
                request.getAttribute(Caller.class.getName()), "The route's grants were not checked");
    }

    private static @Nullable Instant occurredAt(HttpServletRequest request) {
        String header = request.getHeader("Mortar-Occurred-At");
        if (header == null) {
            return null;
        }
        Instant occurredAt;
        try {
            occurredAt = Instant.parse(header);
        } catch (DateTimeParseException e) {
            throw BadRequest.malformed(
                    "Mortar-Occurred-At", "must be an ISO 8601 instant such as 2026-06-01T12:00:00Z");
        }
        // The decider could not write an instant outside the range of the schema.
        if (occurredAt.isBefore(OCCURRED_MIN) || occurredAt.isAfter(OCCURRED_MAX)) {
            throw BadRequest.malformed(
                    "Mortar-Occurred-At", "must be between " + OCCURRED_MIN + " and " + OCCURRED_MAX);
        }
        // Events have microseconds, so decisions use microseconds, too.
        return occurredAt.truncatedTo(ChronoUnit.MICROS);
    }

    private static @Nullable Long expectedSequence(HttpServletRequest request) {
        String header = request.getHeader("If-Match");
        if (header == null || header.strip().equals("*")) {
            return null;
        }
        Matcher matcher = Pattern.compile("(?:W/)?\"(\\d{1,18})\"").matcher(header.strip());
        if (!matcher.matches()) {
            throw BadRequest.malformed("If-Match", "must be an ETag of this service, such as \"3\"");
        }
        return Long.valueOf(matcher.group(1));
    }

    private static Duration waitFor(HttpServletRequest request) {
        String header = request.getHeader("Prefer");
        if (header == null) {
            return Duration.ZERO;
        }
        Matcher matcher = WAIT.matcher(header);
        return matcher.find()
                ? Duration.ofSeconds(Math.min(WAIT_MAX_SECONDS, Integer.parseInt(matcher.group(1))))
                : Duration.ZERO;
    }

    private static long number(String name, String text) {
        if (!text.matches("\\d{1,18}")) {
            throw BadRequest.malformed(name, "must be a number, 0 or more");
        }
        return Long.parseLong(text);
    }

    /**
     * Continues the caller's trace. If there is none, or it is malformed, a new one begins, as the specification
     * requires.
     */
    private static String traceparent(HttpServletRequest request) {
        String header = request.getHeader("traceparent");
        if (header != null && TRACEPARENT.matcher(header).matches()) {
            return header;
        }
        byte[] random = new byte[24];
        ThreadLocalRandom.current().nextBytes(random);
        String hex = HexFormat.of().formatHex(random);
        return "00-" + hex.substring(0, 32) + "-" + hex.substring(32) + "-01";
    }
}
