package dev.mortar.eventsourcing.kafka;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * A key of a decider's store under which the fold of the events and the store do not agree.
 *
 * @param events what the events say, for a person
 * @param store what the store says, for a person
 */
record StoreDifference(String key, String events, String store) {

    private static final int SHOWN_CHARACTERS_MAX = 2_000;

    /**
     * All differences, in the order of the keys. Entries are compared in the form in which they are written today. Of
     * the source positions the store may know later ones than the events tell: a command that changed nothing has no
     * events.
     */
    static <V> List<StoreDifference> between(
            Map<String, byte[]> events, Map<String, byte[]> store, Class<V> entryType) {
        var keys = new TreeSet<>(events.keySet());
        keys.addAll(store.keySet());
        List<StoreDifference> differences = new ArrayList<>();
        for (String key : keys) {
            byte[] expected = events.get(key);
            byte[] found = store.get(key);
            boolean same = key.startsWith("o|")
                    ? expected == null || (found != null && Arrays.compareUnsigned(found, expected) >= 0)
                    : Arrays.equals(expected, found)
                            || (key.startsWith("e|")
                                    && expected != null
                                    && found != null
                                    && Arrays.equals(expected, canonical(found, entryType)));
            if (!same) {
                differences.add(new StoreDifference(key, shown(key, expected), shown(key, found)));
            }
        }
        return differences;
    }

    private static <V> byte @Nullable [] canonical(byte[] json, Class<V> entryType) {
        try {
            return Json.write(entryType, Json.read(json, entryType));
        } catch (JacksonException e) {
            return null;
        }
    }

    @Override
    public String toString() {
        return key + "\n    events: " + events + "\n    store:  " + store;
    }

    private static String shown(String key, byte @Nullable [] value) {
        if (value == null) {
            return "nothing";
        }
        String text = switch (key.substring(0, 2)) {
            case "s|", "p|" ->
                value.length == Long.BYTES ? "" + ByteBuffer.wrap(value).getLong() : hex(value);
            case "o|" ->
                value.length == Long.BYTES + Integer.BYTES
                        ? "offset " + ByteBuffer.wrap(value).getLong() + ", index "
                                + ByteBuffer.wrap(value).getInt(Long.BYTES)
                        : hex(value);
            case "d|" -> "a deadline";
            case "e|" -> new String(value, StandardCharsets.UTF_8);
            default -> hex(value);
        };
        return text.length() <= SHOWN_CHARACTERS_MAX ? text : text.substring(0, SHOWN_CHARACTERS_MAX) + "…";
    }

    private static String hex(byte[] value) {
        return HexFormat.of().formatHex(value);
    }
}
