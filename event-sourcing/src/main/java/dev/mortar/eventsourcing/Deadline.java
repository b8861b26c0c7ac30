package dev.mortar.eventsourcing;

import java.time.Instant;

/**
 * The next instant at which an entry wants to be looked at, and the command that does so. The kit sends the command
 * some time after {@code at}; the decider judges it by the log's clock and accepts it without events when nothing is
 * due.
 *
 * @param <C> commands
 */
public record Deadline<C>(Instant at, C command) {}
