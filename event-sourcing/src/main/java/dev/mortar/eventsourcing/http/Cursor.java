package dev.mortar.eventsourcing.http;

import static java.util.stream.Collectors.joining;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** A place in a list. The caller sends it back to get the next page. It is Base64, so callers treat it as opaque. */
public final class Cursor {
    private Cursor() {}

    /** The cursor of a place. Its parts contain no {@code |}. */
    public static String of(Object... parts) {
        String place = Stream.of(parts).map(String::valueOf).collect(joining("|"));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(place.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The place of a cursor, made from its parts by a function that throws if they are not valid.
     *
     * @throws BadRequest 400, if this is no cursor
     */
    public static <T> T read(String cursor, Function<List<String>, T> place) {
        try {
            String parts = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
            return place.apply(List.of(parts.split("\\|", -1)));
        } catch (IllegalArgumentException | DateTimeException | IndexOutOfBoundsException e) {
            throw BadRequest.malformed("cursor", "is not a cursor from an earlier page");
        }
    }
}
