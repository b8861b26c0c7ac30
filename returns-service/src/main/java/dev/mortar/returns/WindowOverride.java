package dev.mortar.returns;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.FieldName;

/**
 * Accepts goods after their return window.
 *
 * @param actor the associate who is responsible
 * @param reason code of the reason, never free text
 */
record WindowOverride(
        @FieldName("overriddenBy") Actor actor,
        @FieldName("overrideReason") String reason) {}
