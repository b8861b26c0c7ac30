@NullMarked
package dev.mortar.eventsourcing.pickupcode;

import org.jspecify.annotations.NullMarked;
