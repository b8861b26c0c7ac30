package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.NameBasedId;
import dev.mortar.eventsourcing.http.CommandRequest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * What a command record says beside the command itself, as Kafka headers.
 *
 * @param replyTo key of the reply: partition of {@code <noun>.replies} the sender listens to, {@code |}, a token; null
 *     when nobody waits
 * @param source where the event lies that a process reacted to, or null when the command came by HTTP or from a timer
 * @param requestHash SHA-256 of the command that was asked for, to tell a repeat from another request under the same
 *     key; null unless from HTTP
 */
record CommandHeaders(
        UUID commandId,
        Actor actor,
        String correlationId,
        @Nullable UUID causationId,
        @Nullable Instant occurredAt,
        @Nullable Long expectedSequence,
        @Nullable String replyTo,
        @Nullable String requestHash,
        @Nullable SourcePosition source,
        @Nullable String traceparent) {

    /** Place of the event that caused a command; commands of one event are counted by index. */
    record SourcePosition(String topicId, int partition, long offset, int index) {

        /** Names the sequence of sources this position belongs to. */
        String stream() {
            return topicId + "|" + partition;
        }

        boolean isAfter(SourcePosition other) {
            return offset > other.offset || (offset == other.offset && index > other.index);
        }

        @Override
        public String toString() {
            return topicId + "/" + partition + "/" + offset + "/" + index;
        }

        static SourcePosition parse(String text) {
            String[] parts = text.split("/", -1);
            return new SourcePosition(
                    parts[0], Integer.parseInt(parts[1]), Long.parseLong(parts[2]), Integer.parseInt(parts[3]));
        }
    }

    static CommandHeaders of(CommandRequest request, String replyTo, String requestHash) {
        return new CommandHeaders(
                request.commandId(),
                request.actor(),
                request.correlationId(),
                null,
                request.occurredAt(),
                request.expectedSequence(),
                replyTo,
                requestHash,
                null,
                request.traceparent());
    }

    static CommandHeaders ofTimer(String noun, UUID id) {
        return new CommandHeaders(
                id, Actor.system(noun + "-timer"), id.toString(), null, null, null, null, null, null, null);
    }

    /**
     * The command that a record of the log is. A request that comes again when it is no longer remembered is decided
     * again, and that is another command with other events: so a request's id takes in when it was appended.
     */
    CommandHeaders asCommandOf(long appendedMs) {
        return requestHash == null
                ? this
                : new CommandHeaders(
                        NameBasedId.of(commandId, Long.toString(appendedMs)),
                        actor,
                        correlationId,
                        causationId,
                        occurredAt,
                        expectedSequence,
                        replyTo,
                        requestHash,
                        source,
                        traceparent);
    }

    Headers toHeaders() {
        Headers headers = new RecordHeaders();
        add(headers, "command-id", commandId);
        add(headers, "actor", actorText(actor));
        add(headers, "correlation-id", correlationId);
        add(headers, "causation-id", causationId);
        add(headers, "occurred-at", occurredAt);
        add(headers, "expected-sequence", expectedSequence);
        add(headers, "reply-to", replyTo);
        add(headers, "request-hash", requestHash);
        add(headers, "source", source);
        add(headers, "traceparent", traceparent);
        return headers;
    }

    /**
     * Reads what {@link #toHeaders} wrote.
     *
     * @throws IllegalArgumentException when a required header is missing or one is malformed
     */
    static CommandHeaders parse(Headers headers) {
        String id = text(headers, "command-id");
        String actor = text(headers, "actor");
        if (id == null || actor == null) {
            throw new IllegalArgumentException("header " + (id == null ? "command-id" : "actor") + " is missing");
        }
        String correlationId = text(headers, "correlation-id");
        String causationId = text(headers, "causation-id");
        String occurredAt = text(headers, "occurred-at");
        String expected = text(headers, "expected-sequence");
        String source = text(headers, "source");
        return new CommandHeaders(
                UUID.fromString(id),
                parseActor(actor),
                correlationId == null ? id : correlationId,
                causationId == null ? null : UUID.fromString(causationId),
                occurredAt == null ? null : Instant.parse(occurredAt),
                expected == null ? null : Long.valueOf(expected),
                text(headers, "reply-to"),
                text(headers, "request-hash"),
                source == null ? null : SourcePosition.parse(source),
                text(headers, "traceparent"));
    }

    static String actorText(Actor actor) {
        return actor.locationId() == null
                ? actor.type() + " " + word(actor.id())
                : actor.type() + " " + word(actor.id()) + " " + word(actor.locationId());
    }

    /** An id may have spaces in it: a till's name has. */
    private static String word(String id) {
        return id.replace("%", "%25").replace(" ", "%20");
    }

    private static String id(String word) {
        return word.replace("%20", " ").replace("%25", "%");
    }

    /**
     * The partition that a reply goes to.
     *
     * @throws IllegalArgumentException when there is none in it
     */
    static int replyPartition(String replyTo) {
        int end = replyTo.indexOf('|');
        if (end < 0) {
            throw new IllegalArgumentException("reply-to is written partition|token");
        }
        return Integer.parseInt(replyTo.substring(0, end));
    }

    /** Reads {@code TYPE id [locationId]}; spaces within an id are written %20. */
    static Actor parseActor(String text) {
        String[] parts = text.trim().split(" +", 3);
        if (parts.length < 2) {
            throw new IllegalArgumentException("an actor is written TYPE id [locationId]");
        }
        return new Actor(Actor.Type.valueOf(parts[0]), id(parts[1]), parts.length == 3 ? id(parts[2]) : null);
    }

    static void add(Headers headers, String name, @Nullable Object value) {
        if (value != null) {
            headers.add(name, value.toString().getBytes(StandardCharsets.UTF_8));
        }
    }

    static @Nullable String text(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }
}
