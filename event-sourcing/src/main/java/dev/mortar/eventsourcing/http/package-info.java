/**
 * Receives commands and queries by HTTP: the request's identity, its fields, replies, problem details (RFC 9457).
 *
 * <p>A rule about one field is a constraint: an annotation of Jakarta Validation or of {@link Fields}. A rule about
 * several fields is a {@link BadRequest} of the method that makes the command.
 */
@NullMarked
package dev.mortar.eventsourcing.http;

import org.jspecify.annotations.NullMarked;
