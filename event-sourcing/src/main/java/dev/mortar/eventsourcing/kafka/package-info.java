/**
 * Runs the model on Kafka. A service describes itself in one {@link dev.mortar.eventsourcing.kafka.ServiceDefinition}.
 * Then {@link dev.mortar.eventsourcing.kafka.Lane} decides its commands,
 * {@link dev.mortar.eventsourcing.kafka.Follower} folds its events into the local store,
 * {@link dev.mortar.eventsourcing.kafka.Views} answers queries from it,
 * {@link dev.mortar.eventsourcing.kafka.ProcessListener} runs its process, and
 * {@link dev.mortar.eventsourcing.kafka.CommandGateway} sends commands and returns replies.
 */
@NullMarked
package dev.mortar.eventsourcing.kafka;

import org.jspecify.annotations.NullMarked;
