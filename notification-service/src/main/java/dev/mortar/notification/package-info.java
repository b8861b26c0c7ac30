/**
 * Tells each shopper once, by e-mail, of each thing that concerns them.
 *
 * <p>Read in this order: {@link dev.mortar.notification.NotificationCommand},
 * {@link dev.mortar.notification.NotificationEvent}, {@link dev.mortar.notification.Notification} (the state),
 * {@link dev.mortar.notification.NotificationDecider} (the rules), {@link dev.mortar.notification.NotificationProcess}
 * (what other services' events call for), NotificationDefinition (the wiring), NotificationAvro (the contract),
 * NotificationSender (claims and makes the sends), Email and EmailTemplates (what is sent), ContactController and
 * NotificationController (HTTP).
 *
 * <p>No event, command or state holds personal data: contacts live in the compacted topic {@code customer.contacts}
 * alone and are looked up when a mail is made.
 */
@NullMarked
package dev.mortar.notification;

import org.jspecify.annotations.NullMarked;
