/**
 * The model of Mortar, free of frameworks: a {@link dev.mortar.eventsourcing.Decider} turns commands into events, a
 * {@link dev.mortar.eventsourcing.Process} turns other services' events into commands, a
 * {@link dev.mortar.eventsourcing.View} turns events into what is queried.
 *
 * <p>Read in this order: Decider, Decision, Rejection, WorkingSet, Deadline, Actor, Recorded, Process, View,
 * CommandRequest, QueryRequest. How they run on Kafka is in {@code dev.mortar.eventsourcing.kafka}, how commands come
 * in by HTTP in {@code dev.mortar.eventsourcing.http}.
 */
@NullMarked
package dev.mortar.eventsourcing;

import org.jspecify.annotations.NullMarked;
