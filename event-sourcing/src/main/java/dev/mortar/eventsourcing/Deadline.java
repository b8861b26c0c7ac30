package dev.mortar.eventsourcing;

import java.time.Instant;

/**
 * The next instant at which an entry may have to change, and the command for it. The kit usually sends the command soon
 * after {@code at}. The decider compares {@code at} with the log's clock and accepts the command without events if
 * nothing is due.
 *
 * @param <C> commands
 */
public record Deadline<C>(Instant at, C command) {}
