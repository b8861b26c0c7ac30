/**
 * How commands and queries come in by HTTP: the request's identity, replies, problem details (RFC 9457), forwarding to
 * the owner.
 */
@NullMarked
package dev.mortar.eventsourcing.http;

import org.jspecify.annotations.NullMarked;
