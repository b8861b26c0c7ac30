package dev.mortar.eventsourcing.pickupcode;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.mortar.eventsourcing.security.RotatedSecret;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Derives pickup codes. A code is the first 40 bits of an HMAC-SHA256 over fulfilment id and issue, with the secret of
 * this deployment, as 8 characters of Crockford's base 32. It is never stored and never in a topic, because it can be
 * derived again.
 *
 * <p>When the secret is rotated, an old entry stays until the last pickup deadline of its codes. Immutable and
 * thread-safe.
 */
public final class PickupCode {
    public static final int LENGTH = 8;

    /** Highest issue of a fulfilment's code. It limits the codes that a presented code is compared with. */
    public static final int MAX_ISSUE = 50;

    private static final String ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private static final int BITS_PER_CHARACTER = 5;
    private static final String QR_PREFIX = "mortar:pickup:";

    /** The key with which a code was derived, and its number among the codes of its fulfilment. */
    public record Issue(String keyId, int number) {}

    private final RotatedSecret secret;

    public PickupCode(RotatedSecret secret) {
        this.secret = secret;
    }

    /** Id of the key for new codes. */
    public String keyId() {
        return secret.keyId();
    }

    /**
     * The code of an issue, 1 to {@link #MAX_ISSUE}.
     *
     * @throws IllegalArgumentException when the key is not configured here
     */
    public String derive(String fulfilmentId, int issue, String keyId) {
        // Ids contain no "|", so two different pairs never give the same message.
        byte[] hash = secret.hmac(keyId, fulfilmentId + "|" + issue);
        long bits = ByteBuffer.wrap(hash).getLong() >>> (Long.SIZE - LENGTH * BITS_PER_CHARACTER);
        StringBuilder code = new StringBuilder(LENGTH);
        for (int i = LENGTH - 1; i >= 0; i--) {
            code.append(ALPHABET.charAt((int) (bits >>> (i * BITS_PER_CHARACTER)) & 31));
        }
        return code.toString();
    }

    /**
     * The issue of this code, or null if it is not a code of the fulfilment. The time does not depend on the code:
     * every issue of every key is derived and compared completely.
     *
     * @param code a code as {@link #read} returned it
     */
    public @Nullable Issue match(String fulfilmentId, String code) {
        byte[] shown = code.getBytes(UTF_8);
        Issue match = null;
        for (String keyId : secret.keyIds()) {
            for (int issue = 1; issue <= MAX_ISSUE; issue++) {
                byte[] valid = derive(fulfilmentId, issue, keyId).getBytes(UTF_8);
                if (MessageDigest.isEqual(valid, shown)) {
                    match = new Issue(keyId, issue);
                }
            }
        }
        return match;
    }

    /**
     * Reads a code that a person typed or a scanner read. Null if it cannot be a code of this fulfilment. Case, hyphens
     * and spaces do not matter; O is read as 0, and I and L as 1. The QR payload of this fulfilment is accepted, too.
     */
    public static @Nullable String read(String fulfilmentId, String shown) {
        String typed = shown.strip();
        String ownPrefix = QR_PREFIX + fulfilmentId + ":";
        if (typed.startsWith(ownPrefix)) {
            typed = typed.substring(ownPrefix.length());
        }
        String code = typed.replaceAll("[-\\s]", "")
                .toUpperCase(Locale.ROOT)
                .replace('O', '0')
                .replace('I', '1')
                .replace('L', '1');
        return code.length() == LENGTH && code.chars().allMatch(c -> ALPHABET.indexOf(c) >= 0) ? code : null;
    }

    /** The code as people read it: two groups of four. */
    public static String display(String code) {
        return code.substring(0, LENGTH / 2) + "-" + code.substring(LENGTH / 2);
    }

    /** The text in the QR code of a pickup. */
    public static String qrPayload(String fulfilmentId, String code) {
        return QR_PREFIX + fulfilmentId + ":" + code;
    }
}
