/**
 * Given / when / then for deciders, and the same words over a lane and its log; random commands; architecture rules of
 * a service.
 */
@NullMarked
package dev.mortar.eventsourcing.testkit;

import org.jspecify.annotations.NullMarked;
