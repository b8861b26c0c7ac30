/**
 * Runs the model on Kafka. A service says what it is in one {@link dev.mortar.eventsourcing.kafka.ServiceDefinition};
 * {@link dev.mortar.eventsourcing.kafka.DeciderTopology} runs its decider,
 * {@link dev.mortar.eventsourcing.kafka.ViewTopology} its views, {@link dev.mortar.eventsourcing.kafka.ProcessListener}
 * its process, and {@link dev.mortar.eventsourcing.kafka.CommandGateway} carries commands in and replies out.
 */
@NullMarked
package dev.mortar.eventsourcing.kafka;

import org.jspecify.annotations.NullMarked;
