/**
 * Communicates with a schema registry in Confluent's protocol and converts records to and from its wire format.
 *
 * <p>Read in this order: {@link dev.mortar.schemas.registry.ConfluentFrame} (the bytes),
 * {@link dev.mortar.schemas.registry.AvroSerializer} and {@link dev.mortar.schemas.registry.AvroDeserializer} (for
 * Kafka clients), {@link dev.mortar.schemas.registry.RegistryClient} (the registry),
 * {@link dev.mortar.schemas.registry.RegistryConfig} (the configuration keys).
 */
@NullMarked
package dev.mortar.schemas.registry;

import org.jspecify.annotations.NullMarked;
