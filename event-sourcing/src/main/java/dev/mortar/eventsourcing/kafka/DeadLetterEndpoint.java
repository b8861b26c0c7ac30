package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.http.BadRequest;
import dev.mortar.eventsourcing.http.Fields;
import dev.mortar.eventsourcing.kafka.DeadLetterOffice.Handled;
import dev.mortar.eventsourcing.kafka.DeadLetterOffice.Opened;
import dev.mortar.eventsourcing.kafka.Letter.State;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.http.HttpStatus;
import tools.jackson.databind.JsonNode;

/**
 * {@code /actuator/deadletters}: a service's dead letters for those who run it. A letter is named by its partition and
 * offset in {@code <noun>.dead-letters}. Any instance answers for all letters. Partitions that are stopped are listed
 * by the instance that decides them, and only there the command can be parked at which one is stopped.
 *
 * <p>Answers 400 when the request says too little, 422 when the actor has no opaque id, 404 when there is no such
 * letter, 409 when the partition is not stopped there, 503 when Kafka is away: then nothing is lost, the same request
 * can be made again.
 */
@WebEndpoint(id = "deadletters")
final class DeadLetterEndpoint {

    private static final Pattern REASON = Pattern.compile("[A-Z][A-Z0-9_]{0,63}");
    private static final Actor OPERATOR = Actor.system("operator");
    private static final int LISTED_MAX = 1_000;

    private final DeadLetterOffice<?> office;
    private final StoppedPartitions stopped;

    DeadLetterEndpoint(DeadLetterOffice<?> office, StoppedPartitions stopped) {
        this.office = office;
        this.stopped = stopped;
    }

    /**
     * A letter in a list.
     *
     * @param source topic/partition/offset of the record that could not be processed
     * @param at ISO 8601, UTC
     * @param retryOf partition/offset of the first letter, when this one is a retry that failed
     * @param resolvedBy TYPE id of who retried or discarded it
     * @param reason code of a discard
     */
    record Listed(
            int partition,
            long offset,
            State state,
            @Nullable String key,
            @Nullable String type,
            String source,
            String cause,
            String at,
            @Nullable String traceparent,
            @Nullable String retryOf,
            @Nullable String resolvedBy,
            @Nullable String resolvedAt,
            @Nullable String reason) {

        static Listed of(Letter letter) {
            Letter.Resolution resolution = letter.resolution();
            return new Listed(
                    letter.partition(),
                    letter.offset(),
                    letter.state(),
                    letter.key(),
                    letter.type(),
                    letter.source().toString(),
                    letter.cause(),
                    letter.at().toString(),
                    letter.traceparent(),
                    letter.retryOf(),
                    resolution == null ? null : resolution.by(),
                    resolution == null ? null : resolution.at().toString(),
                    resolution == null ? null : resolution.reason());
        }
    }

    /**
     * How many letters there are by state, and the oldest 1,000 of those asked for.
     *
     * @param letters by partition and offset
     * @param stopped partitions that this instance decides and that are stopped
     */
    record Listing(
            long waiting,
            long retried,
            long discarded,
            List<Listed> letters,
            List<StoppedPartitions.Stopped> stopped) {}

    /** A letter with its headers and its value. */
    record Shown(Listed letter, Map<String, String> headers, int bytes, JsonNode value) {}

    /** The outcome of an action on a letter. */
    record Done(
            int partition,
            long offset,
            @Nullable String key,
            @Nullable String type,
            DeadLetterOffice.Outcome outcome,
            int commands,
            @Nullable String cause) {

        static Done of(Handled handled) {
            return new Done(
                    handled.letter().partition(),
                    handled.letter().offset(),
                    handled.letter().key(),
                    handled.letter().type(),
                    handled.outcome(),
                    handled.commands(),
                    handled.cause());
        }
    }

    /** The outcomes letter by letter, and how many wait now. */
    record Report(List<Done> letters, long waiting) {}

    /** A command that is a dead letter now. */
    record Parked(int partition, long offset) {}

    /** Why nothing was done. */
    record Problem(String detail) {}

    /** @param state only letters in this state */
    @ReadOperation
    WebEndpointResponse<Object> list(@Nullable State state) {
        return answer(() -> {
            List<Letter> all = office.list();
            return new Listing(
                    count(all, State.WAITING),
                    count(all, State.RETRIED),
                    count(all, State.DISCARDED),
                    all.stream()
                            .filter(letter -> state == null || letter.state() == state)
                            .limit(LISTED_MAX)
                            .map(Listed::of)
                            .toList(),
                    stopped.list());
        });
    }

    @ReadOperation
    WebEndpointResponse<Object> show(@Selector int partition, @Selector long offset) {
        return answer(() -> {
            Opened opened = office.open(partition, offset);
            return opened == null
                    ? null
                    : new Shown(Listed.of(opened.letter()), opened.headers(), opened.bytes(), opened.value());
        });
    }

    /**
     * Retries one letter, after those of its key that wait before it, or all.
     *
     * @param all true instead of partition and offset
     * @param actor TYPE id [locationId] of who wants it; {@code SYSTEM operator} unless given
     */
    @WriteOperation
    WebEndpointResponse<Object> retry(
            @Nullable Integer partition, @Nullable Long offset, @Nullable Boolean all, @Nullable String actor) {
        return answer(() -> {
            boolean everything = all != null && all;
            if (everything == (partition != null || offset != null)) {
                throw new IllegalArgumentException("Name a letter by partition and offset, or say all");
            }
            Actor by = actor == null ? OPERATOR : named(actor);
            if (everything) {
                return report(office.retryAll(by));
            }
            if (partition == null || offset == null) {
                throw new IllegalArgumentException("A letter has a partition and an offset");
            }
            List<Handled> handled = office.retry(partition, offset, by);
            return handled == null ? null : report(handled);
        });
    }

    /**
     * Says that a letter is void.
     *
     * @param actor TYPE id [locationId] of who decided that
     * @param reason a code: capitals, digits, underscores; no words about persons can be put into it
     */
    @DeleteOperation
    WebEndpointResponse<Object> discard(
            @Selector int partition, @Selector long offset, @Nullable String actor, @Nullable String reason) {
        return answer(() -> {
            Decided by = decided(actor, reason);
            Handled handled = office.discard(partition, offset, by.actor(), by.reason());
            return handled == null ? null : report(List.of(handled));
        });
    }

    /**
     * Makes the command at which a partition is stopped a dead letter, so that the partition goes on.
     *
     * @param place {@code stopped}
     * @param partition of {@code <noun>.commands}
     * @param offset of {@code <noun>.commands}
     * @param actor TYPE id [locationId] of who decided that
     * @param reason a code, as of a discard
     */
    @WriteOperation
    WebEndpointResponse<Object> park(
            @Selector String place,
            @Selector int partition,
            @Selector long offset,
            @Nullable String actor,
            @Nullable String reason) {
        return answer(() -> {
            if (!place.equals("stopped")) {
                return null;
            }
            Decided by = decided(actor, reason);
            stopped.park(partition, offset, by.reason(), by.actor());
            return new Parked(partition, offset);
        });
    }

    /** The person who decided something that cannot be undone, and the reason. */
    private record Decided(Actor actor, String reason) {}

    private static Decided decided(@Nullable String actor, @Nullable String reason) {
        if (actor == null) {
            throw new IllegalArgumentException("Say who decides this: an actor, as TYPE id");
        }
        if (reason == null || !REASON.matcher(reason).matches()) {
            throw new IllegalArgumentException("Say why: a reason, as a code of capitals, digits, underscores");
        }
        return new Decided(named(actor), reason);
    }

    private static Actor named(String actor) {
        return Fields.actor("actor", CommandHeaders.parseActor(actor));
    }

    private Report report(List<Handled> handled) {
        return new Report(handled.stream().map(Done::of).toList(), count(office.list(), State.WAITING));
    }

    private static long count(List<Letter> letters, State state) {
        return letters.stream().filter(letter -> letter.state() == state).count();
    }

    private static WebEndpointResponse<Object> answer(Supplier<@Nullable Object> question) {
        try {
            Object body = question.get();
            return body == null
                    ? new WebEndpointResponse<>(
                            new Problem("There is no such dead letter"), WebEndpointResponse.STATUS_NOT_FOUND)
                    : new WebEndpointResponse<>(body);
        } catch (IllegalArgumentException e) {
            return new WebEndpointResponse<>(
                    new Problem(String.valueOf(e.getMessage())), WebEndpointResponse.STATUS_BAD_REQUEST);
        } catch (BadRequest e) {
            return new WebEndpointResponse<>(
                    new Problem(e.field() + " " + e.getMessage()), e.status().value());
        } catch (StoppedPartitions.NotStoppedHere e) {
            return new WebEndpointResponse<>(new Problem(String.valueOf(e.getMessage())), HttpStatus.CONFLICT.value());
        } catch (KafkaUnavailable e) {
            return new WebEndpointResponse<>(
                    new Problem(e.getMessage() + ". Make the same request again."),
                    WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE);
        }
    }
}
