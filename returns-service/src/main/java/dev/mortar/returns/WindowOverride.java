package dev.mortar.returns;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.FieldName;

/** Accepts goods after their return window. */
record WindowOverride(
        @FieldName("overriddenBy") Actor actor,
        @FieldName("overrideReason") String reason) {}
