package dev.mortar.eventsourcing.http;

import dev.mortar.values.IdText;
import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import jakarta.validation.Validator;
import java.lang.annotation.Annotation;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.time.Instant;
import java.util.Comparator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Constraints of the fields of requests, in addition to those of Jakarta Validation. A request with a field that breaks
 * one is answered with 422 and the names of all such fields. The checks describe the fault, so the annotations'
 * message, groups and payload are not used.
 */
public final class Fields {
    /** The largest quantity of a line, in its unit. */
    public static final long QUANTITY_MAX = 1_000_000_000;

    /** The most ids in one field, such as the serial numbers of a line. */
    public static final int IDS_MAX = 1_000;

    private static final Instant TIME_MIN = Instant.parse("2000-01-01T00:00:00Z");
    private static final Instant TIME_MAX = Instant.parse("2200-01-01T00:00:00Z");
    private static final Pattern ELEMENT = Pattern.compile("\\.?<[^>]*>");

    private Fields() {}

    /** An id from outside, by the rule of {@link IdText}. It is not changed: case and inner spaces are significant. */
    @Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.TYPE_USE})
    @Retention(RetentionPolicy.RUNTIME)
    @Constraint(validatedBy = IdCheck.class)
    public @interface Id {
        String message() default "";

        Class<?>[] groups() default {};

        Class<? extends Payload>[] payload() default {};
    }

    /** An {@link Id} of a person. It must be opaque, because it stays in events for ever. */
    @Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.TYPE_USE})
    @Retention(RetentionPolicy.RUNTIME)
    @Constraint(validatedBy = PersonIdCheck.class)
    public @interface PersonId {
        String message() default "";

        Class<?>[] groups() default {};

        Class<? extends Payload>[] payload() default {};
    }

    /** An instant from 2000 to 2199, so that every schema can hold it. */
    @Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.TYPE_USE})
    @Retention(RetentionPolicy.RUNTIME)
    @Constraint(validatedBy = TimeCheck.class)
    public @interface Time {
        String message() default "";

        Class<?>[] groups() default {};

        Class<? extends Payload>[] payload() default {};
    }

    /** A check that describes the fault it finds. Null has no fault. */
    public abstract static class Check<A extends Annotation, T> implements ConstraintValidator<A, T> {
        /** The fault of a value, without the value itself; null if there is none. */
        protected abstract @Nullable String fault(T value);

        @Override
        public final boolean isValid(@Nullable T value, ConstraintValidatorContext context) {
            String fault = value == null ? null : fault(value);
            if (fault == null) {
                return true;
            }
            context.disableDefaultConstraintViolation();
            context.buildConstraintViolationWithTemplate(fault).addConstraintViolation();
            return false;
        }
    }

    /** Checks an {@link Id}. */
    public static final class IdCheck extends Check<Id, String> {
        @Override
        protected @Nullable String fault(String id) {
            return IdText.fault(id);
        }
    }

    /** Checks a {@link PersonId}. */
    public static final class PersonIdCheck extends Check<PersonId, String> {
        @Override
        protected @Nullable String fault(String id) {
            String fault = IdText.fault(id);
            return fault == null ? IdText.personal(id) : fault;
        }
    }

    /** Checks a {@link Time}. */
    public static final class TimeCheck extends Check<Time, Instant> {
        @Override
        protected @Nullable String fault(Instant time) {
            return time.isBefore(TIME_MIN) || time.isAfter(TIME_MAX)
                    ? "must be between " + TIME_MIN + " and " + TIME_MAX
                    : null;
        }
    }

    /**
     * Checks a request that Spring does not check, such as one of a batch, and returns it.
     *
     * @throws BadRequest for the first field, by name, that breaks a constraint
     */
    public static <T> T valid(Validator validator, T request) {
        validator.validate(request).stream()
                .map(broken -> new BadRequest(
                        ELEMENT.matcher(broken.getPropertyPath().toString()).replaceAll(""), broken.getMessage()))
                .min(Comparator.comparing(BadRequest::field))
                .ifPresent(broken -> {
                    throw broken;
                });
        return request;
    }
}
