package dev.mortar.eventsourcing;

import java.time.Duration;

/**
 * The headers of a query; any controller method may take one.
 *
 * @param minSequence from {@code Mortar-Min-Sequence}: the query waits briefly for this sequence; 0 without it
 * @param waitFor from {@code Prefer: wait=N} in seconds, at most 30; zero without it
 */
public record QueryRequest(long minSequence, Duration waitFor) {}
