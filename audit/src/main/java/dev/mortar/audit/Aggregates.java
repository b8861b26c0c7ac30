package dev.mortar.audit;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The aggregates of one topic: how far the events of each have come, and the state that the topic's auditor keeps of
 * it. Both share one entry, because there are as many entries as aggregates.
 *
 * @param <S> the state of one aggregate
 */
final class Aggregates<S> {
    final Map<String, Stream<S>> streams = new HashMap<>();

    /** The events of one aggregate. Times are numbers instead of objects, because one is kept for every aggregate. */
    static final class Stream<S> {
        final int partition;
        long sequence;
        private long recordedAtMicros;
        private @Nullable S state;

        private Stream(int partition) {
            this.partition = partition;
        }

        void last(LoggedEvent event) {
            sequence = event.meta().getSequence();
            recordedAtMicros = micros(event.recordedAt());
        }

        /** The time at which the last of them was recorded. */
        Instant recordedAt() {
            return Instant.EPOCH.plus(recordedAtMicros, ChronoUnit.MICROS);
        }
    }

    static long micros(Instant time) {
        return time.getEpochSecond() * 1_000_000 + time.getNano() / 1_000;
    }

    /** The events of an aggregate; if there are none, they begin in this partition. */
    Stream<S> begin(String id, int partition) {
        return streams.computeIfAbsent(id, _ -> new Stream<>(partition));
    }

    /** The state of an aggregate, or null. */
    @Nullable
    S get(@Nullable String id) {
        var stream = streams.get(id);
        return stream == null ? null : stream.state;
    }

    /** Keeps the state of an aggregate, of which an event has come. */
    void put(String id, S state) {
        Objects.requireNonNull(streams.get(id), () -> "No event of " + id + " has come").state = state;
    }

    /** The state of an aggregate, of which an event has come. */
    S getOrPut(String id, Supplier<S> initial) {
        var state = get(id);
        if (state == null) {
            state = initial.get();
            put(id, state);
        }
        return state;
    }

    /** Gives the state of every aggregate that has one, with its id. */
    void each(BiConsumer<String, S> visitor) {
        streams.forEach((id, stream) -> {
            if (stream.state != null) {
                visitor.accept(id, stream.state);
            }
        });
    }

    /** A view of the state of every aggregate that has one, in the order of their ids. */
    <V> Map<String, V> view(Function<S, @Nullable V> of) {
        var views = new TreeMap<String, V>();
        each((id, state) -> Optional.ofNullable(of.apply(state)).ifPresent(view -> views.put(id, view)));
        return views;
    }
}
