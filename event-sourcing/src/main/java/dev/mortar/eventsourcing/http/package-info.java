/** Receives commands and queries by HTTP: the request's identity, its fields, replies, problem details (RFC 9457). */
@NullMarked
package dev.mortar.eventsourcing.http;

import org.jspecify.annotations.NullMarked;
