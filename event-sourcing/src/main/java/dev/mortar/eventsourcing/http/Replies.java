package dev.mortar.eventsourcing.http;

import dev.mortar.eventsourcing.Rejection;
import dev.mortar.eventsourcing.kafka.Reply;
import dev.mortar.eventsourcing.kafka.Row;
import java.net.URI;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;

/** Responses that carry the sequence as their {@code ETag}, and the status of a refusal. */
public final class Replies {
    private Replies() {}

    public static HttpStatus status(Rejection.Kind kind) {
        return switch (kind) {
            case FORBIDDEN -> HttpStatus.FORBIDDEN;
            case NOT_FOUND -> HttpStatus.NOT_FOUND;
            case CONFLICT -> HttpStatus.CONFLICT;
            case PRECONDITION_FAILED -> HttpStatus.PRECONDITION_FAILED;
            case UNPROCESSABLE -> HttpStatus.UNPROCESSABLE_CONTENT;
        };
    }

    /** 200 with the new state. */
    public static <T> ResponseEntity<T> ok(Reply reply, T body) {
        return ResponseEntity.ok().eTag(Long.toString(reply.sequence())).body(body);
    }

    /** 201 with the new state and its location; 200 if an earlier request created it. */
    public static <T> ResponseEntity<T> created(String location, Reply reply, T body) {
        return (reply.repeated() ? ResponseEntity.ok() : ResponseEntity.created(URI.create(location)))
                .location(URI.create(location))
                .eTag(Long.toString(reply.sequence()))
                .body(body);
    }

    /** 200 with a row. */
    public static <T> ResponseEntity<T> row(Row<?> row, T body) {
        return ResponseEntity.ok().eTag(Long.toString(row.sequence())).body(body);
    }
}
