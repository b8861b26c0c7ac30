@NullMarked
package dev.mortar.eventsourcing.kafka;

import org.jspecify.annotations.NullMarked;
