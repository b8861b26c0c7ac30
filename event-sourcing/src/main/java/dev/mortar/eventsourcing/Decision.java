package dev.mortar.eventsourcing;

import java.util.List;

/**
 * The outcome of a command: events, or a refusal.
 *
 * @param <E> events
 */
public sealed interface Decision<E> {
    /** The command is accepted. Without events, there was nothing left to do. */
    record Accepted<E>(List<E> events) implements Decision<E> {
        public Accepted {
            events = List.copyOf(events);
        }
    }

    /** The command is refused and changes nothing. */
    record Rejected<E>(Rejection reason) implements Decision<E> {}

    /** Accepts with these events. */
    @SafeVarargs
    static <E> Decision<E> accepted(E... events) {
        return new Accepted<>(List.of(events));
    }

    /** Accepts with these events. */
    static <E> Decision<E> accepted(List<? extends E> events) {
        return new Accepted<>(List.copyOf(events));
    }

    static <E> Decision<E> rejected(Rejection reason) {
        return new Rejected<>(reason);
    }
}
