package dev.mortar.eventsourcing.pickupcode;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Derives pickup codes. A code is the first 40 bits of an HMAC-SHA256 over fulfilment id and issue, with the secret of
 * this deployment, as 8 characters of Crockford's base 32. It is never stored and never in a topic, because it can be
 * derived again.
 *
 * <p>The secret has one or more entries {@code keyId:secret}, separated by commas or white space. The first entry
 * derives new codes; codes of the other entries stay valid. To rotate the secret, put a new entry in front, and remove
 * the old one after the last pickup deadline of its codes. A single secret needs no key id; its id is then {@code 1}.
 * Immutable and thread-safe.
 */
public final class PickupCode {
    public static final int LENGTH = 8;

    /** Highest issue of a fulfilment's code. It limits the codes that a presented code is compared with. */
    public static final int MAX_ISSUE = 50;

    private static final String ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private static final int BITS_PER_CHARACTER = 5;
    private static final int MIN_SECRET_BYTES = 16;
    private static final String ONLY_KEY_ID = "1";
    private static final String QR_PREFIX = "mortar:pickup:";

    /** The key with which a code was derived, and its number among the codes of its fulfilment. */
    public record Issue(String keyId, int number) {}

    private final Map<String, SecretKeySpec> keys;
    private final String keyId;

    private PickupCode(Map<String, SecretKeySpec> keys) {
        this.keys = keys;
        this.keyId = keys.keySet().iterator().next();
    }

    /**
     * Derives codes with this secret.
     *
     * @throws IllegalArgumentException if it has no entry, an entry of another form, a key id twice, or a secret
     *     shorter than 16 bytes; the message never contains a secret
     */
    public static PickupCode of(String secret) {
        Map<String, SecretKeySpec> keys = new LinkedHashMap<>();
        int entry = 0;
        String[] parts = secret.strip().split("[,\\s]+", -1);
        if (parts.length == 1 && parts[0].indexOf(':') < 0) {
            parts[0] = ONLY_KEY_ID + ":" + parts[0];
        }
        for (String part : parts) {
            entry++;
            int colon = part.indexOf(':');
            if (colon < 1) {
                throw new IllegalArgumentException("entry " + entry + " of the pickup secret is not keyId:secret");
            }
            String id = part.substring(0, colon);
            byte[] bytes = part.substring(colon + 1).getBytes(UTF_8);
            if (bytes.length < MIN_SECRET_BYTES) {
                throw new IllegalArgumentException(
                        "pickup secret " + id + " is shorter than " + MIN_SECRET_BYTES + " bytes");
            }
            if (keys.put(id, new SecretKeySpec(bytes, "HmacSHA256")) != null) {
                throw new IllegalArgumentException("pickup secret " + id + " is listed twice");
            }
        }
        return new PickupCode(keys);
    }

    /**
     * Derives codes with the secret that the deployment configures.
     *
     * @param secret value of {@code MORTAR_PICKUP_SECRET}
     * @param secretFile value of {@code MORTAR_PICKUP_SECRET_FILE}, a file that holds the secret
     * @throws IllegalArgumentException when neither or both are set, or the file or the secret cannot be read
     */
    public static PickupCode configured(@Nullable String secret, @Nullable String secretFile) {
        boolean inline = secret != null && !secret.isBlank();
        boolean file = secretFile != null && !secretFile.isBlank();
        if (inline == file) {
            throw new IllegalArgumentException(
                    "set either MORTAR_PICKUP_SECRET or MORTAR_PICKUP_SECRET_FILE to keyId:secret");
        }
        if (secret != null && inline) {
            return of(secret);
        }
        try {
            return of(Files.readString(Path.of(String.valueOf(secretFile))));
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read MORTAR_PICKUP_SECRET_FILE " + secretFile, e);
        }
    }

    /** Id of the key for new codes. */
    public String keyId() {
        return keyId;
    }

    /**
     * The code of an issue, 1 to {@link #MAX_ISSUE}.
     *
     * @throws IllegalArgumentException when the key is not configured here
     */
    public String derive(String fulfilmentId, int issue, String keyId) {
        SecretKeySpec key = keys.get(keyId);
        if (key == null) {
            throw new IllegalArgumentException("pickup secret " + keyId + " is not configured");
        }
        return derive(key, fulfilmentId, issue);
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
        for (Map.Entry<String, SecretKeySpec> key : keys.entrySet()) {
            for (int issue = 1; issue <= MAX_ISSUE; issue++) {
                byte[] valid = derive(key.getValue(), fulfilmentId, issue).getBytes(UTF_8);
                if (MessageDigest.isEqual(valid, shown)) {
                    match = new Issue(key.getKey(), issue);
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

    private static String derive(SecretKeySpec key, String fulfilmentId, int issue) {
        byte[] hash;
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            // Ids contain no "|", so two different pairs never give the same message.
            hash = mac.doFinal((fulfilmentId + "|" + issue).getBytes(UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
        long bits = ByteBuffer.wrap(hash).getLong() >>> (Long.SIZE - LENGTH * BITS_PER_CHARACTER);
        StringBuilder code = new StringBuilder(LENGTH);
        for (int i = LENGTH - 1; i >= 0; i--) {
            code.append(ALPHABET.charAt((int) (bits >>> (i * BITS_PER_CHARACTER)) & 31));
        }
        return code.toString();
    }
}
