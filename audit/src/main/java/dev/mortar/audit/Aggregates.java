package dev.mortar.audit;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The aggregates of one topic: how far the events of each have come, and the state that the topic's auditor keeps of
 * it. Both share one entry, because there are as many entries as aggregates.
 *
 * @param <S> the state of one aggregate
 */
final class Aggregates<S> {
    private final Map<String, Stream<S>> streams = new HashMap<>();

    /** The events of one aggregate. */
    static final class Stream<S> {
        final int partition;
        long sequence;
        /** A number instead of an object, because one is kept for every aggregate. */
        private long recordedAtMicros;

        private @Nullable S state;

        private Stream(int partition) {
            this.partition = partition;
        }

        void recordedAt(Instant time) {
            recordedAtMicros = micros(time);
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

    /** The events of an aggregate, or null if none has come. */
    @Nullable
    Stream<S> find(String id) {
        return streams.get(id);
    }

    private Stream<S> stream(String id) {
        return Objects.requireNonNull(streams.get(id), () -> "No event of " + id + " has come");
    }

    /** The ids of all aggregates. */
    Set<String> ids() {
        return streams.keySet();
    }

    /** The state of an aggregate, or null. */
    @Nullable
    S get(String id) {
        var stream = streams.get(id);
        return stream == null ? null : stream.state;
    }

    /** Keeps the state of an aggregate, of which an event has come. */
    void put(String id, S state) {
        stream(id).state = state;
    }

    /** The state of an aggregate, of which an event has come. */
    S getOrPut(String id, Supplier<S> initial) {
        var stream = stream(id);
        var state = stream.state;
        if (state == null) {
            state = initial.get();
            stream.state = state;
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
}
