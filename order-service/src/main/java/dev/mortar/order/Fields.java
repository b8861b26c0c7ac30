package dev.mortar.order;

import dev.mortar.eventsourcing.http.BadRequest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Checks the fields of a request one by one; a field that makes no sense is a {@link BadRequest} that names it. */
final class Fields {

    static final long QUANTITY_MAX = 1_000_000_000;
    private static final int ID_MAX_CHARACTERS = 100;
    private static final int TEXT_MAX_CHARACTERS = 500;
    private static final Pattern NOT_IN_ID = Pattern.compile("[|\\p{Cc}\\p{Cs}]");
    private static final Pattern NOT_IN_TEXT = Pattern.compile("[\\p{Cc}\\p{Cs}]");
    private static final Instant TIME_MIN = Instant.parse("2000-01-01T00:00:00Z");
    private static final Instant TIME_MAX = Instant.parse("2200-01-01T00:00:00Z");

    private Fields() {}

    static <T> T required(String field, @Nullable T value) {
        if (value == null) {
            throw new BadRequest(field, "is required");
        }
        return value;
    }

    /** An id from outside: 1 to 100 characters, taken as given; case and spaces within count. */
    static String id(String field, @Nullable String value) {
        String id = required(field, value);
        if (id.isBlank() || id.length() > ID_MAX_CHARACTERS) {
            throw new BadRequest(field, "has 1 to " + ID_MAX_CHARACTERS + " characters");
        }
        if (NOT_IN_ID.matcher(id).find() || !id.equals(id.strip())) {
            throw new BadRequest(field, "holds no | or control characters and no white space at its ends");
        }
        return id;
    }

    static @Nullable String optionalId(String field, @Nullable String value) {
        return value == null ? null : id(field, value);
    }

    static List<String> ids(String field, @Nullable List<@Nullable String> values) {
        List<@Nullable String> given = values == null ? List.of() : values;
        atMost(field, given.size(), 1_000);
        return IntStream.range(0, given.size())
                .mapToObj(i -> id(field + "[" + i + "]", given.get(i)))
                .toList();
    }

    static @Nullable String optionalText(String field, @Nullable String value) {
        if (value != null && (value.length() > TEXT_MAX_CHARACTERS || NOT_IN_TEXT.matcher(value).find())) {
            throw new BadRequest(field, "has at most " + TEXT_MAX_CHARACTERS + " characters, none of them a control");
        }
        return value;
    }

    static long quantity(String field, @Nullable Long value) {
        long quantity = required(field, value);
        if (quantity < 1 || quantity > QUANTITY_MAX) {
            throw new BadRequest(field, "is from 1 to " + QUANTITY_MAX);
        }
        return quantity;
    }

    /** An instant in microseconds, which is what the log keeps. */
    static Instant time(String field, @Nullable Instant value) {
        Instant time = required(field, value);
        if (time.isBefore(TIME_MIN) || time.isAfter(TIME_MAX)) {
            throw new BadRequest(field, "lies between " + TIME_MIN + " and " + TIME_MAX);
        }
        return time.truncatedTo(ChronoUnit.MICROS);
    }

    static void atMost(String field, int size, int limit) {
        if (size > limit) {
            throw new BadRequest(field, "has at most " + limit + " entries");
        }
    }

    static void atLeastOne(String field, int size) {
        if (size == 0) {
            throw new BadRequest(field, "has at least one entry");
        }
    }
}
