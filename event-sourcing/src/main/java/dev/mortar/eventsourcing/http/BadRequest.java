package dev.mortar.eventsourcing.http;

import java.util.Collection;
import java.util.stream.Stream;
import org.springframework.http.HttpStatus;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.exc.InvalidFormatException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/**
 * A request that names a field and what is wrong with it: 400 when it cannot be understood, 422 when it makes no sense.
 */
public final class BadRequest extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final HttpStatus status;
    private final String field;

    private BadRequest(HttpStatus status, String field, String message) {
        super(message, null, false, false);
        this.status = status;
        this.field = field;
    }

    /** It makes no sense: 422. */
    public BadRequest(String field, String message) {
        this(HttpStatus.UNPROCESSABLE_CONTENT, field, message);
    }

    /** It cannot be understood: 400. */
    public static BadRequest malformed(String field, String message) {
        return new BadRequest(HttpStatus.BAD_REQUEST, field, message);
    }

    /** JSON that is not the request it should be: 400. */
    public static BadRequest unreadable(JacksonException json) {
        return malformed(path(json), reason(json));
    }

    /** 400 or 422. */
    public HttpStatus status() {
        return status;
    }

    /** The field, header or parameter, as a path such as {@code lines[0].quantity}. */
    public String field() {
        return field;
    }

    private static String reason(JacksonException json) {
        return switch (json) {
            case UnrecognizedPropertyException _ -> "is not a field of this request";
            case InvalidFormatException format
            when format.getTargetType().isEnum() ->
                "is one of "
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

    /** A type in words that a caller knows. */
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
