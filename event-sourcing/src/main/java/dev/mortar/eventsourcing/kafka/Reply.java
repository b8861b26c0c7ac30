package dev.mortar.eventsourcing.kafka;

import tools.jackson.databind.JsonNode;

/**
 * The decider's answer to an accepted command.
 *
 * @param sequence the aggregate's sequence after the command
 * @param repeated true when the command had been decided before and this is the remembered answer
 * @param state what the service's definition replies, as JSON
 */
public record Reply(long sequence, boolean repeated, JsonNode state) {

    /** The reply as the type the definition wrote. */
    public <T> T as(Class<T> type) {
        return Json.mapper().treeToValue(state, type);
    }
}
