package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.CommandRequest;
import dev.mortar.eventsourcing.Grant;
import dev.mortar.eventsourcing.NameBasedId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * The Kafka headers of a command record.
 *
 * @param grants the rights of the caller on the route; null unless the command came by HTTP
 * @param source place of the event that a process reacted to; null for a command from HTTP or a timer
 * @param requestHash SHA-256 of the requested command; it distinguishes a repeat from another request with the same
 *     key. Null unless the command came by HTTP
 */
record CommandHeaders(
        UUID commandId,
        Actor actor,
        @Nullable Set<Grant> grants,
        String correlationId,
        @Nullable UUID causationId,
        @Nullable Instant occurredAt,
        @Nullable Long expectedSequence,
        @Nullable String requestHash,
        @Nullable SourcePosition source,
        @Nullable String traceparent) {
    private static final String VERSION = "command-version";

    /** Place of the event that caused a command; the index numbers the commands of one event. */
    record SourcePosition(String topicId, int partition, long offset, int index) {
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

    static CommandHeaders of(CommandRequest request, String requestHash) {
        return new CommandHeaders(
                request.commandId(),
                request.actor(),
                request.caller().grants(),
                request.correlationId(),
                request.causationId(),
                request.occurredAt(),
                request.expectedSequence(),
                requestHash,
                null,
                request.traceparent());
    }

    static CommandHeaders ofTimer(String noun, UUID id) {
        return new CommandHeaders(
                id, Actor.system(noun + "-timer"), null, id.toString(), null, null, null, null, null, null);
    }

    /**
     * These headers with the final command id. A request that comes again after it was forgotten is a new command with
     * new events, so the append time is part of a request's final id.
     */
    CommandHeaders asCommandOf(long appendedMs) {
        if (requestHash == null) {
            return this;
        }
        UUID id = NameBasedId.of(commandId, Long.toString(appendedMs));
        return new CommandHeaders(
                id,
                actor,
                grants,
                correlationId,
                causationId,
                occurredAt,
                expectedSequence,
                requestHash,
                source,
                traceparent);
    }

    /** Empty headers, from a record, because Kafka's implementation class is internal. */
    static Headers none() {
        return new ProducerRecord<>("none", null).headers();
    }

    Headers toHeaders(int version) {
        Headers headers = none();
        add(headers, VERSION, version);
        add(headers, "command-id", commandId);
        add(headers, "actor", actorText(actor));
        add(headers, "via", actor.via());
        add(headers, "grants", grants == null ? null : text(grants));
        add(headers, "correlation-id", correlationId);
        add(headers, "causation-id", causationId);
        add(headers, "occurred-at", occurredAt);
        add(headers, "expected-sequence", expectedSequence);
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
        Actor spoken = parseActor(actor);
        return new CommandHeaders(
                UUID.fromString(id),
                new Actor(spoken.type(), spoken.id(), spoken.locationId(), text(headers, "via")),
                value(headers, "grants", CommandHeaders::parseGrants),
                correlationId == null ? id : correlationId,
                value(headers, "causation-id", UUID::fromString),
                value(headers, "occurred-at", Instant::parse),
                value(headers, "expected-sequence", Long::valueOf),
                text(headers, "request-hash"),
                value(headers, "source", SourcePosition::parse),
                text(headers, "traceparent"));
    }

    private static <T> @Nullable T value(Headers headers, String name, Function<String, T> parse) {
        String text = text(headers, name);
        return text == null ? null : parse.apply(text);
    }

    /** A newer release wrote the command, so this release cannot interpret it. */
    static final class Newer extends RuntimeException {
        Newer(int version, int known) {
            super("it has version " + version + " and this release knows " + known);
        }
    }

    /**
     * Checks the version of a command. A command without the header has version 1.
     *
     * @throws Newer when the version is higher than the known one
     * @throws NumberFormatException when the header is not a number
     */
    static void requireKnown(Headers headers, int known) {
        String version = text(headers, VERSION);
        if (version != null && Integer.parseInt(version) > known) {
            throw new Newer(Integer.parseInt(version), known);
        }
    }

    private static String text(Set<Grant> grants) {
        return grants.stream().map(Grant::name).sorted().collect(Collectors.joining(","));
    }

    private static Set<Grant> parseGrants(String text) {
        return text.isEmpty()
                ? Set.of()
                : Stream.of(text.split(",", -1)).map(Grant::valueOf).collect(Collectors.toUnmodifiableSet());
    }

    static String actorText(Actor actor) {
        String location = actor.locationId() == null ? "" : " " + word(actor.locationId());
        return actor.type() + " " + word(actor.id()) + location;
    }

    /** Ids may contain spaces, for example the names of tills. */
    private static String word(String id) {
        return id.replace("%", "%25").replace(" ", "%20");
    }

    private static String id(String word) {
        return word.replace("%20", " ").replace("%25", "%");
    }

    /** Reads {@code TYPE id [locationId]}; spaces within an id are written %20. */
    static Actor parseActor(String text) {
        String[] parts = text.trim().split(" +", 3);
        if (parts.length < 2) {
            throw new IllegalArgumentException("an actor must be TYPE id [locationId]");
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
