package dev.mortar.eventsourcing.http;

import java.util.Collection;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.springframework.http.HttpStatus;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.exc.InvalidFormatException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/** A fault in one field of a request: 400 if the field cannot be read, 422 if its value is not allowed. */
public final class BadRequest extends RuntimeException {
    private final HttpStatus status;
    private final String field;

    private BadRequest(HttpStatus status, String field, String message) {
        super(message, null, false, false);
        this.status = status;
        this.field = field;
    }

    /** The value is not allowed: 422. */
    public BadRequest(String field, String message) {
        this(HttpStatus.UNPROCESSABLE_CONTENT, field, message);
    }

    /** The field cannot be read: 400. */
    public static BadRequest malformed(String field, String message) {
        return new BadRequest(HttpStatus.BAD_REQUEST, field, message);
    }

    /** JSON that cannot be read as the request: 400. */
    public static BadRequest unreadable(JacksonException json) {
        return malformed(path(json), reason(json));
    }

    public HttpStatus status() {
        return status;
    }

    /** The field, header or parameter, as a path such as {@code lines[0].quantity}. */
    public String field() {
        return field;
    }

    private static String reason(JacksonException json) {
        return switch (json) {
            case UnrecognizedPropertyException unknown ->
                "is not a field here, only " + new TreeSet<>(unknown.getKnownPropertyIds());
            case InvalidFormatException format
            when format.getTargetType().isEnum() ->
                "must be one of "
                        + Stream.of(format.getTargetType().getEnumConstants())
                                .map(String::valueOf)
                                .filter(name -> !name.equals("UNKNOWN"))
                                .toList();
            case MismatchedInputException mismatch ->
                mismatch.getTargetType() == null || json.getPath().isEmpty()
                        ? "does not have the form of this request"
                        : "is not a valid " + kind(mismatch.getTargetType());
            default -> "is not valid JSON";
        };
    }

    private static String kind(Class<?> type) {
        if (type == String.class) {
            return "text";
        }
        if (type == boolean.class || type == Boolean.class) {
            return "true or false";
        }
        if (type.isPrimitive() || Number.class.isAssignableFrom(type)) {
            return "number";
        }
        if (Collection.class.isAssignableFrom(type)) {
            return "list";
        }
        return type.getPackageName().startsWith("java.time") ? "ISO 8601 time" : "object";
    }

    private static String path(JacksonException json) {
        StringBuilder path = new StringBuilder();
        for (JacksonException.Reference reference : json.getPath()) {
            if (reference.getPropertyName() == null) {
                path.append('[').append(reference.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(reference.getPropertyName());
            }
        }
        return path.isEmpty() ? "body" : path.toString();
    }
}
