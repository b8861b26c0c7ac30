package dev.mortar.eventsourcing;

import dev.mortar.values.IdText;
import io.github.bucket4j.Bucket;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;
import org.springframework.web.servlet.HandlerMapping;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes refusals and acts with special rights to the logger {@code mortar.security}, one JSON object a line. The
 * fields are event, route, role, actorId, location, reason, correlationId and traceId. The route is a pattern; no line
 * has a token, a pickup code or personal data. Call it on the thread of the request.
 */
public final class SecurityLog {
    private static final Logger LOG = LoggerFactory.getLogger("mortar.security");
    private static final Pattern TRACE = Pattern.compile("[0-9a-f]{2}-([0-9a-f]{32})-.*");
    /** Further refusals are only counted, so a flood does not fill the disk. */
    private static final int REFUSALS_LOGGED_PER_MINUTE = 600;

    private final String service;
    private final MeterRegistry meters;
    private final Bucket refusalsLogged = Bucket.builder()
            .addLimit(limit -> limit.capacity(REFUSALS_LOGGED_PER_MINUTE)
                    .refillGreedy(REFUSALS_LOGGED_PER_MINUTE, Duration.ofMinutes(1)))
            .build();

    /** @param service as in the service's other metrics */
    public SecurityLog(String service, MeterRegistry meters) {
        this.service = service;
        this.meters = meters;
    }

    /** The request was refused. The reason is one of few, because it is the label of a metric. */
    public void denied(String reason) {
        HttpServletRequest request = request();
        meters.counter("mortar.security.denied", "service", service, "route", route(request), "reason", reason)
                .increment();
        if (refusalsLogged.tryConsume(1)) {
            LOG.warn(line("DENIED", request, reason));
        }
    }

    /** The caller did something that needs a special right. */
    public void acted(String event, String reason) {
        LOG.warn(line(event, request(), reason));
    }

    private static HttpServletRequest request() {
        return ((ServletRequestAttributes) RequestContextHolder.currentRequestAttributes()).getRequest();
    }

    private static String route(HttpServletRequest request) {
        Object pattern = request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
        return pattern == null ? "none" : request.getMethod() + " " + pattern;
    }

    private static String line(String event, HttpServletRequest request, String reason) {
        Map<String, @Nullable String> fields = new LinkedHashMap<>();
        fields.put("event", event);
        fields.put("route", route(request));
        if (request.getAttribute(Caller.class.getName()) instanceof Caller caller) {
            fields.put("role", caller.role() == null ? null : caller.role().name());
            fields.put("actorId", opaque(caller.actor().id()));
            fields.put("location", caller.actor().locationId());
        } else {
            Authentication caller = SecurityContextHolder.getContext().getAuthentication();
            if (caller != null && !(caller instanceof AnonymousAuthenticationToken)) {
                fields.put(
                        "role",
                        caller.getAuthorities().stream()
                                .map(GrantedAuthority::getAuthority)
                                .filter(Objects::nonNull)
                                .sorted()
                                .collect(Collectors.joining(" ")));
                fields.put("actorId", opaque(caller.getName()));
            }
        }
        fields.put("reason", reason);
        fields.put("correlationId", opaque(request.getHeader("X-Correlation-Id")));
        fields.put("traceId", traceId(request.getHeader("traceparent")));
        fields.values().removeIf(Objects::isNull);
        return JsonMapper.shared().writeValueAsString(fields);
    }

    private static @Nullable String opaque(@Nullable String id) {
        return id == null || IdText.fault(id) != null || IdText.personal(id) != null ? null : id;
    }

    private static @Nullable String traceId(@Nullable String traceparent) {
        Matcher trace = TRACE.matcher(traceparent == null ? "" : traceparent);
        return trace.matches() ? trace.group(1) : null;
    }
}
