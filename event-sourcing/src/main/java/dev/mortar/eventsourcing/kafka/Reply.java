package dev.mortar.eventsourcing.kafka;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The decider's answer to an accepted command.
 *
 * @param sequence the aggregate's current sequence
 * @param repeated true when there was nothing left to do
 * @param state the reply body, which the service's definition makes
 */
public record Reply(
        long sequence, boolean repeated, @Nullable Object state) {
    public <T> T as(Class<T> type) {
        return Objects.requireNonNull(type.cast(state), "The definition has no reply body for this command");
    }

    /** The reply to a command, made from the rows of its partition. */
    static <C, S, V, E> Reply to(
            ServiceDefinition<C, S, V, E> definition, C command, Answer answer, PartitionRows rows) {
        String aggregateId = definition.aggregateId.apply(command);
        S state = definition.load(aggregateId, rows);
        return new Reply(rows.sequence(aggregateId), answer.repeated(), definition.reply.apply(command, state));
    }
}
