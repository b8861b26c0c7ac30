/** How services, release steps and tools reach the brokers. */
@NullMarked
package dev.mortar.kafka;

import org.jspecify.annotations.NullMarked;
