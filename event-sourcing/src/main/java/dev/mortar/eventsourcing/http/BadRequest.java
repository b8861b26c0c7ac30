package dev.mortar.eventsourcing.http;

import org.springframework.http.HttpStatus;

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

    HttpStatus status() {
        return status;
    }

    /** The field, header or parameter, as a path such as {@code lines[0].quantity}. */
    public String field() {
        return field;
    }
}
