/**
 * How a pickup code follows from a fulfilment: shared by the service that checks codes and the one that mails them, so
 * that no code ever travels through a topic. Pure JDK.
 */
@NullMarked
package dev.mortar.eventsourcing.pickupcode;

import org.jspecify.annotations.NullMarked;
