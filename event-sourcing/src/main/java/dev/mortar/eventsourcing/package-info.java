/**
 * The model of Mortar, free of frameworks: a {@link dev.mortar.eventsourcing.Decider} turns commands into events, a
 * {@link dev.mortar.eventsourcing.Process} turns other services' events into commands, a
 * {@link dev.mortar.eventsourcing.View} turns events into rows for queries.
 *
 * <p>Read in this order: Decider, Decision, Rejection, WorkingSet, Deadline, Actor, Recorded, Process, View,
 * CommandRequest, QueryRequest. Package {@code dev.mortar.eventsourcing.kafka} runs them on Kafka. Package
 * {@code dev.mortar.eventsourcing.http} receives commands and queries by HTTP.
 */
@NullMarked
package dev.mortar.eventsourcing;

import org.jspecify.annotations.NullMarked;
