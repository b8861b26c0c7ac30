package dev.mortar.eventsourcing.kafka;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/** The state tables that a service follows, by topic. */
public final class StateTables {
    private final Map<String, StateTable<?>> tables = new LinkedHashMap<>();

    StateTables(ServiceDefinition<?, ?, ?, ?> definition) {
        definition.tables.forEach((topic, reader) -> tables.put(topic, new StateTable<>(topic, reader)));
    }

    /**
     * The table of a compacted topic.
     *
     * @param <R> values as the service's own types
     * @throws IllegalArgumentException when the definition has no such table
     */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    public <R> StateTable<R> get(String topic) {
        StateTable<?> table = tables.get(topic);
        if (table == null) {
            throw new IllegalArgumentException("the definition has no table of " + topic);
        }
        return (StateTable<R>) table;
    }

    Collection<StateTable<?>> all() {
        return tables.values();
    }
}
