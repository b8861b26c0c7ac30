/**
 * Talks to a schema registry in Confluent's protocol and turns records into its wire format and back.
 *
 * <p>Read in this order: {@link dev.mortar.schemas.registry.ConfluentFrame} (the bytes),
 * {@link dev.mortar.schemas.registry.AvroSerializer} and {@link dev.mortar.schemas.registry.AvroDeserializer} (what
 * Kafka clients are configured with), {@link dev.mortar.schemas.registry.RegistryClient} (what they ask),
 * {@link dev.mortar.schemas.registry.RegistryConfig} (the keys).
 */
@NullMarked
package dev.mortar.schemas.registry;

import org.jspecify.annotations.NullMarked;
