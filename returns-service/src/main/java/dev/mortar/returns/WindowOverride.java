package dev.mortar.returns;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.FieldName;

/**
 * Takes goods back after their return window.
 *
 * @param actor who answers for it: a named associate
 * @param reason code of the reason, never free text
 */
record WindowOverride(@FieldName("overriddenBy") Actor actor, @FieldName("overrideReason") String reason) {}
