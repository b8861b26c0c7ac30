package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.SecurityLog;
import dev.mortar.eventsourcing.kafka.DeadLetter.State;
import dev.mortar.eventsourcing.kafka.DeadLetterStore.Result;
import dev.mortar.eventsourcing.kafka.StoppedPartitions.Stopped;
import java.security.Principal;
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
import org.springframework.web.server.ResponseStatusException;

/**
 * {@code /actuator/deadletters}: the dead letters of a service, for operators. A letter is named by its partition and
 * offset in {@code <noun>.dead-letters}. Any instance lists, retries and discards all letters. Only the instance that
 * decides a partition lists it as stopped and can park the command at which it is stopped. The actor is the caller. A
 * reason is a code of capitals, digits and underscores, without personal data.
 *
 * <p>Answers 400 if the request is incomplete, 403 if the id of the caller is not opaque, 404 if there is no such
 * letter, 409 if the partition is not stopped at this command on this instance, and 503 if Kafka is away. After a 503
 * nothing is lost, and the caller can repeat the request.
 */
@WebEndpoint(id = "deadletters")
record DeadLetterEndpoint(DeadLetterStore<?> store, ServiceRuntime<?, ?, ?, ?> runtime, SecurityLog security) {
    private static final Pattern REASON = Pattern.compile("[A-Z][A-Z0-9_]{0,63}");
    private static final int LISTED_MAX = 1_000;

    /**
     * The number of letters by state, and the first 1,000 of the requested letters.
     *
     * @param stopped partitions that this instance decides and that are stopped
     */
    record Listing(long waiting, long retried, long discarded, List<DeadLetter> letters, List<Stopped> stopped) {}

    /** The outcome of each letter, and the number of letters that wait now. */
    record Report(List<Result> letters, long waiting) {}

    /** @param state lists only letters in this state */
    @ReadOperation
    WebEndpointResponse<Object> list(@Nullable State state) {
        return answer(() -> {
            List<DeadLetter> all = store.list();
            List<DeadLetter> listed = all.stream()
                    .filter(letter -> state == null || letter.state() == state)
                    .limit(LISTED_MAX)
                    .toList();
            long waiting = count(all, State.WAITING);
            long retried = count(all, State.RETRIED);
            return new Listing(waiting, retried, count(all, State.DISCARDED), listed, runtime.stopped());
        });
    }

    @ReadOperation
    WebEndpointResponse<Object> show(@Selector int partition, @Selector long offset) {
        return answer(() -> store.open(partition + "/" + offset));
    }

    /**
     * Retries one letter after the earlier waiting letters of its key, or retries all letters.
     *
     * @param all true instead of partition and offset
     */
    @WriteOperation
    WebEndpointResponse<Object> retry(
            @Nullable Integer partition, @Nullable Long offset, @Nullable Boolean all, Principal caller) {
        return answer(() -> {
            boolean everything = all != null && all;
            if (everything == (partition != null || offset != null)) {
                throw new IllegalArgumentException("Name a letter by partition and offset, or set all");
            }
            Actor by = actor(caller);
            if (everything) {
                security.acted("DEAD_LETTERS_RETRIED", "all");
                return report(store.retryAll(by));
            }
            if (partition == null || offset == null) {
                throw new IllegalArgumentException("A letter has a partition and an offset");
            }
            security.acted("DEAD_LETTER_RETRIED", partition + "/" + offset);
            return report(store.retry(partition + "/" + offset, by));
        });
    }

    @DeleteOperation
    WebEndpointResponse<Object> discard(
            @Selector int partition, @Selector long offset, @Nullable String reason, Principal caller) {
        return answer(() -> {
            Actor by = actor(caller);
            String why = reason(reason);
            security.acted("DEAD_LETTER_DISCARDED", why);
            return report(List.of(store.discard(partition + "/" + offset, by, why)));
        });
    }

    /**
     * Makes the command at which a partition is stopped a dead letter, so that the partition continues. The path is
     * {@code stopped/PARTITION/OFFSET} of {@code <noun>.commands}.
     */
    @WriteOperation
    WebEndpointResponse<Object> park(
            @Selector String place,
            @Selector int partition,
            @Selector long offset,
            @Nullable String reason,
            Principal caller) {
        return answer(() -> {
            if (!place.equals("stopped")) {
                throw DeadLetterStore.noSuchLetter();
            }
            Actor by = actor(caller);
            String why = reason(reason);
            security.acted("COMMAND_PARKED", why);
            runtime.park(partition, offset, why, by);
            return Map.of("partition", partition, "offset", offset);
        });
    }

    private static Actor actor(Principal caller) {
        Actor by = new Actor(Actor.Type.OPERATOR, caller.getName(), null);
        if (by.fault() != null) {
            throw new ResponseStatusException(HttpStatus.FORBIDDEN, "The id in the token " + by.fault());
        }
        return by;
    }

    private static String reason(@Nullable String reason) {
        if (reason == null || !REASON.matcher(reason).matches()) {
            throw new IllegalArgumentException("Give a reason, as a code of capitals, digits and underscores");
        }
        return reason;
    }

    private Report report(List<Result> results) {
        return new Report(results, count(store.list(), State.WAITING));
    }

    private static long count(List<DeadLetter> letters, State state) {
        return letters.stream().filter(letter -> letter.state() == state).count();
    }

    private static WebEndpointResponse<Object> answer(Supplier<Object> question) {
        try {
            return new WebEndpointResponse<>(question.get());
        } catch (IllegalArgumentException e) {
            return problem(HttpStatus.BAD_REQUEST, e.getMessage());
        } catch (ResponseStatusException e) {
            return problem(HttpStatus.valueOf(e.getStatusCode().value()), e.getReason());
        } catch (StoppedPartitions.NotStoppedHere e) {
            return problem(HttpStatus.CONFLICT, e.getMessage());
        } catch (KafkaUnavailable e) {
            return problem(HttpStatus.SERVICE_UNAVAILABLE, e.getMessage() + ". Repeat the request later.");
        }
    }

    private static WebEndpointResponse<Object> problem(HttpStatus status, @Nullable String detail) {
        return new WebEndpointResponse<>(Map.of("detail", String.valueOf(detail)), status.value());
    }
}
