package dev.mortar.eventsourcing.http;

import java.time.Duration;
import org.springframework.http.HttpHeaders;

/** A caller has used up its {@link RateLimit}: 429. */
public final class TooManyRequests extends RuntimeException {
    private final String reason;
    private final long max;
    private final Duration period;
    private final long retryAfterSeconds;

    TooManyRequests(String reason, long max, Duration period, Duration retryAfter) {
        super("Too many requests. Repeat the request later.", null, false, false);
        this.reason = reason;
        this.max = max;
        this.period = period;
        // The header has whole seconds, and a caller that comes too early would be refused again.
        this.retryAfterSeconds = retryAfter.plusSeconds(1).minusNanos(1).toSeconds();
    }

    /** The limit that refuses, for the security log. */
    String reason() {
        return reason;
    }

    /** When to come again, and the fields of draft-ietf-httpapi-ratelimit-headers. */
    HttpHeaders headers() {
        HttpHeaders headers = new HttpHeaders();
        headers.set(HttpHeaders.RETRY_AFTER, Long.toString(retryAfterSeconds));
        headers.set("RateLimit", "\"default\";r=0;t=" + retryAfterSeconds);
        headers.set("RateLimit-Policy", "\"default\";q=" + max + ";w=" + period.toSeconds());
        headers.setCacheControl("no-store");
        return headers;
    }
}
