package dev.mortar.eventsourcing.http;

import dev.mortar.values.IdText;
import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks of the fields of requests. A faulty field is a {@link BadRequest} with its name: 422. */
public final class Fields {

    /** The largest quantity of a line, in its unit. */
    public static final long QUANTITY_MAX = 1_000_000_000;

    private static final int IDS_MAX = 1_000;
    private static final Instant TIME_MIN = Instant.parse("2000-01-01T00:00:00Z");
    private static final Instant TIME_MAX = Instant.parse("2200-01-01T00:00:00Z");

    private Fields() {}

    /** The same check as {@link #optionalId}, as an annotation. */
    @Target({ElementType.FIELD, ElementType.PARAMETER})
    @Retention(RetentionPolicy.RUNTIME)
    @Constraint(validatedBy = IdValidator.class)
    public @interface Id {
        /** Not used: {@link IdText} describes the fault. */
        String message() default "";

        /** Not used. */
        Class<?>[] groups() default {};

        /** Not used. */
        Class<? extends Payload>[] payload() default {};
    }

    /** Checks an {@link Id}. */
    public static final class IdValidator implements ConstraintValidator<Id, String> {
        @Override
        public boolean isValid(@Nullable String id, ConstraintValidatorContext context) {
            String fault = id == null ? null : IdText.fault(id);
            if (fault == null) {
                return true;
            }
            context.disableDefaultConstraintViolation();
            context.buildConstraintViolationWithTemplate(fault).addConstraintViolation();
            return false;
        }
    }

    /** A required field. */
    public static <T> T required(String field, @Nullable T value) {
        if (value == null) {
            throw new BadRequest(field, "is required");
        }
        return value;
    }

    /** An id from outside, checked by {@link IdText} and not changed: case and inner spaces are significant. */
    public static String id(String field, @Nullable String value) {
        String id = required(field, value);
        return checked(field, id, IdText.fault(id));
    }

    /** The id of a person. It must be opaque, because it stays in events for ever. */
    public static String personId(String field, @Nullable String value) {
        String id = id(field, value);
        return checked(field, id, IdText.personal(id));
    }

    /** The id of a person, or null. */
    public static @Nullable String optionalPersonId(String field, @Nullable String value) {
        return value == null ? null : personId(field, value);
    }

    static <T> T checked(String field, T value, @Nullable String fault) {
        if (fault != null) {
            throw new BadRequest(field, fault);
        }
        return value;
    }

    /** An id, or null. */
    public static @Nullable String optionalId(String field, @Nullable String value) {
        return value == null ? null : id(field, value);
    }

    /** At most 1,000 ids; none if the field is missing. */
    public static List<String> ids(String field, @Nullable List<@Nullable String> values) {
        if (values == null || values.isEmpty()) {
            return List.of();
        }
        List<String> ids = list(field, values, IDS_MAX);
        for (int i = 0; i < ids.size(); i++) {
            id(field + "[" + i + "]", ids.get(i));
        }
        return ids;
    }

    /** 1 to {@code max} entries, none of them null. */
    public static <T> List<T> list(String field, @Nullable List<@Nullable T> values, int max) {
        List<@Nullable T> given = required(field, values);
        if (given.isEmpty() || given.size() > max) {
            throw new BadRequest(field, "must have 1 to " + max + " entries");
        }
        List<T> entries = new ArrayList<>(given.size());
        for (int i = 0; i < given.size(); i++) {
            entries.add(required(field + "[" + i + "]", given.get(i)));
        }
        return entries;
    }

    /** A quantity of a line, in its unit. */
    public static long quantity(String field, @Nullable Long value) {
        long quantity = required(field, value);
        if (quantity < 1 || quantity > QUANTITY_MAX) {
            throw new BadRequest(field, "must be from 1 to " + QUANTITY_MAX);
        }
        return quantity;
    }

    /** An instant, cut to microseconds, the precision of events. */
    public static Instant time(String field, @Nullable Instant value) {
        Instant time = required(field, value);
        if (time.isBefore(TIME_MIN) || time.isAfter(TIME_MAX)) {
            throw new BadRequest(field, "must be between " + TIME_MIN + " and " + TIME_MAX);
        }
        return time.truncatedTo(ChronoUnit.MICROS);
    }

    /** An instant, or null. */
    public static @Nullable Instant optionalTime(String field, @Nullable Instant value) {
        return value == null ? null : time(field, value);
    }
}
