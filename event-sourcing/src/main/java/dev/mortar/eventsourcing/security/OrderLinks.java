package dev.mortar.eventsourcing.security;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Signed links to one order, for shoppers without an account. A link is {@code orderId.keyId.end.mac}: order id and mac
 * are base64url, the end is in seconds since 1970, and the mac is the first 128 bits of an HMAC-SHA256. A link is never
 * stored and never in a topic, because it can be derived again. Its holder may see and cancel that order, and nothing
 * else of the shopper.
 */
public final class OrderLinks {
    /** The scheme of the header {@code Authorization}. */
    public static final String SCHEME = "MortarLink";

    /** How long a link opens its order, to the end of that day in UTC. */
    static final Duration LIFE = Duration.ofDays(60);

    private static final int MAC_BYTES = 16;

    private final RotatedSecret secret;
    private final InstantSource clock;

    /** The order that a link opens, and the end of the link. */
    record Opened(String orderId, Instant endsAt) {}

    public OrderLinks(RotatedSecret secret) {
        this(secret, InstantSource.system());
    }

    /** @param clock says when a new link begins */
    public OrderLinks(RotatedSecret secret, InstantSource clock) {
        this.secret = secret;
        this.clock = clock;
    }

    /** The link to an order; the same for a whole day. */
    public String link(String orderId) {
        Instant end = clock.instant().truncatedTo(ChronoUnit.DAYS).plus(LIFE).plus(1, ChronoUnit.DAYS);
        return link(orderId, secret.keyId(), Long.toString(end.getEpochSecond()));
    }

    private String link(String orderId, String keyId, String end) {
        byte[] mac = Arrays.copyOf(secret.hmac(keyId, "order-link|" + orderId + "|" + end), MAC_BYTES);
        return base64(orderId.getBytes(UTF_8)) + "." + keyId + "." + end + "." + base64(mac);
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** Reads a link, even if it has ended; null if the secret of this deployment did not sign it. */
    @Nullable
    Opened open(String link) {
        String[] parts = link.split("\\.", -1);
        if (parts.length != 4 || !secret.keyIds().contains(parts[1])) {
            return null;
        }
        try {
            String orderId = new String(Base64.getUrlDecoder().decode(parts[0]), UTF_8);
            Instant endsAt = Instant.ofEpochSecond(Long.parseLong(parts[2]));
            String signed = link(orderId, parts[1], parts[2]);
            return MessageDigest.isEqual(signed.getBytes(UTF_8), link.getBytes(UTF_8))
                    ? new Opened(orderId, endsAt)
                    : null;
        } catch (IllegalArgumentException | DateTimeException e) {
            return null;
        }
    }
}
