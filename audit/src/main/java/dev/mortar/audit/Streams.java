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
 * The aggregates of one topic: how far the events of each have come, and what the topic's judge keeps of it. One entry
 * for both, as there are as many as aggregates.
 *
 * @param <S> what is kept
 */
final class Streams<S> {
    private final Map<String, Stream<S>> streams = new HashMap<>();

    /** The events of one aggregate. */
    static final class Stream<S> {
        final int partition;
        long sequence;
        /** No object: so many of them would be kept as there are aggregates, and each for one event only. */
        private long recordedAtMicros;

        private @Nullable S state;

        private Stream(int partition) {
            this.partition = partition;
        }

        void recordedAt(Instant time) {
            recordedAtMicros = micros(time);
        }

        /** When the last of them was recorded. */
        Instant recordedAt() {
            return Instant.EPOCH.plus(recordedAtMicros, ChronoUnit.MICROS);
        }
    }

    static long micros(Instant time) {
        return time.getEpochSecond() * 1_000_000 + time.getNano() / 1_000;
    }

    /** The events of an aggregate, begun in a partition when there are none. */
    Stream<S> opened(String id, int partition) {
        return streams.computeIfAbsent(id, _ -> new Stream<>(partition));
    }

    /** The events of an aggregate, or null when there are none. */
    @Nullable
    Stream<S> find(String id) {
        return streams.get(id);
    }

    /** What is kept of an aggregate, or null. */
    @Nullable
    S get(String id) {
        var stream = streams.get(id);
        return stream == null ? null : stream.state;
    }

    /** Keeps something of an aggregate, of which an event has come. */
    void put(String id, S state) {
        begun(id).state = state;
    }

    /** What is kept of an aggregate, of which an event has come. */
    S getOrPut(String id, Supplier<S> state) {
        var stream = begun(id);
        var kept = stream.state;
        if (kept == null) {
            kept = state.get();
            stream.state = kept;
        }
        return kept;
    }

    private Stream<S> begun(String id) {
        return Objects.requireNonNull(streams.get(id), () -> "No event of " + id + " has come");
    }

    /** Gives whatever is kept, with the id of its aggregate. */
    void each(BiConsumer<String, S> visitor) {
        streams.forEach((id, stream) -> {
            if (stream.state != null) {
                visitor.accept(id, stream.state);
            }
        });
    }

    Set<String> ids() {
        return streams.keySet();
    }
}
