/**
 * Derives pickup codes from fulfilments. The service that checks codes and the service that mails them both derive
 * them, so no code is ever in a topic. Needs only the JDK.
 */
@NullMarked
package dev.mortar.eventsourcing.pickupcode;

import org.jspecify.annotations.NullMarked;
