/**
 * Who calls, and what the caller may do: tokens, links to one order, grants of routes.
 *
 * <p>The edge checks the role. The lane checks the owner of a command's object, because only there is the state
 * current; a query checks the owner of the row that it shows.
 */
@NullMarked
package dev.mortar.eventsourcing.security;

import org.jspecify.annotations.NullMarked;
