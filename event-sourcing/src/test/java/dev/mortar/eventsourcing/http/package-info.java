@NullMarked
package dev.mortar.eventsourcing.http;

import org.jspecify.annotations.NullMarked;
