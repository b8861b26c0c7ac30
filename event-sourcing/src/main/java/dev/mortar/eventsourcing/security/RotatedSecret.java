package dev.mortar.eventsourcing.security;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * A secret of this deployment, with which the services derive codes (HMAC-SHA256).
 *
 * <p>It has one or more entries {@code keyId:secret}, separated by commas or white space. The first entry derives new
 * codes; codes of the other entries stay valid. To rotate the secret, put a new entry in front, and remove the old one
 * when its last code has ended. A single secret needs no key id; its id is then {@code 1}. Immutable and thread-safe.
 * Its text says nothing about it.
 */
public final class RotatedSecret {
    private static final int MIN_BYTES = 16;
    private static final String ONLY_KEY_ID = "1";

    private final String name;
    private final Map<String, SecretKeySpec> keys;

    private RotatedSecret(String name, Map<String, SecretKeySpec> keys) {
        this.name = name;
        this.keys = keys;
    }

    /**
     * Reads a secret.
     *
     * @param name for messages, such as {@code pickup secret}
     * @throws IllegalArgumentException if it has no entry, an entry of another form, a key id twice, or a secret
     *     shorter than 16 bytes; the message never contains a secret
     */
    public static RotatedSecret of(String name, String secret) {
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
                throw new IllegalArgumentException("entry " + entry + " of the " + name + " is not keyId:secret");
            }
            String id = part.substring(0, colon);
            byte[] bytes = part.substring(colon + 1).getBytes(UTF_8);
            if (bytes.length < MIN_BYTES) {
                throw new IllegalArgumentException(name + " " + id + " is shorter than " + MIN_BYTES + " bytes");
            }
            if (keys.put(id, new SecretKeySpec(bytes, "HmacSHA256")) != null) {
                throw new IllegalArgumentException(name + " " + id + " is listed twice");
            }
        }
        return new RotatedSecret(name, keys);
    }

    /**
     * Reads the secret in a file.
     *
     * @param setting name of the setting that names the file
     * @throws IllegalArgumentException if the setting is missing, or the file or the secret cannot be read
     */
    public static RotatedSecret ofFile(String name, String setting, @Nullable String file) {
        if (file == null || file.isBlank()) {
            throw new IllegalArgumentException("set " + setting + " to a file with keyId:secret");
        }
        try {
            return of(name, Files.readString(Path.of(file)));
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read " + setting + " " + file, e);
        }
    }

    /** Whether a text is one of its secrets. */
    public boolean contains(String text) {
        byte[] bytes = text.getBytes(UTF_8);
        return keys.values().stream().anyMatch(key -> MessageDigest.isEqual(key.getEncoded(), bytes));
    }

    /** Id of the key for new codes. */
    public String keyId() {
        return keys.keySet().iterator().next();
    }

    /** The ids of all keys, newest first. */
    public Set<String> keyIds() {
        return keys.keySet();
    }

    /**
     * The HMAC of a text.
     *
     * @throws IllegalArgumentException if the key is not configured here
     */
    public byte[] hmac(String keyId, String text) {
        SecretKeySpec key = keys.get(keyId);
        if (key == null) {
            throw new IllegalArgumentException(name + " " + keyId + " is not configured");
        }
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return mac.doFinal(text.getBytes(UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }

    @Override
    public String toString() {
        return name + " with " + keys.size() + " entries";
    }
}
