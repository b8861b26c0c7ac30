package dev.mortar.returns;

import dev.mortar.eventsourcing.Actor;

/**
 * Takes goods back after their return window.
 *
 * @param actor who answers for it: a named associate
 * @param reason code of the reason, never free text
 */
record WindowOverride(Actor actor, String reason) {}
