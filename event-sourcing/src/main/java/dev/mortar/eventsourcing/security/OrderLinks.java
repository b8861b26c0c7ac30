package dev.mortar.eventsourcing.security;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Signed links to one order, for shoppers without an account. A link is {@code orderId.keyId.mac}; order id and mac are
 * base64url, and the mac is the first 128 bits of an HMAC-SHA256. A link is never stored and never in a topic, because
 * it can be derived again. Its holder may see and cancel that order, and nothing else of the shopper.
 */
public final class OrderLinks {
    /** The scheme of the header {@code Authorization}. */
    public static final String SCHEME = "MortarLink";

    private static final int MAC_BYTES = 16;

    private final RotatedSecret secret;

    public OrderLinks(RotatedSecret secret) {
        this.secret = secret;
    }

    /** The link to an order. */
    public String link(String orderId) {
        return link(orderId, secret.keyId());
    }

    private String link(String orderId, String keyId) {
        byte[] mac = Arrays.copyOf(secret.hmac(keyId, "order-link|" + orderId), MAC_BYTES);
        return base64(orderId.getBytes(UTF_8)) + "." + keyId + "." + base64(mac);
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** The order of a link; null if the secret of this deployment did not sign it. */
    public @Nullable String orderId(String link) {
        String[] parts = link.split("\\.", -1);
        if (parts.length != 3 || !secret.keyIds().contains(parts[1])) {
            return null;
        }
        try {
            String orderId = new String(Base64.getUrlDecoder().decode(parts[0]), UTF_8);
            return MessageDigest.isEqual(link(orderId, parts[1]).getBytes(UTF_8), link.getBytes(UTF_8))
                    ? orderId
                    : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
