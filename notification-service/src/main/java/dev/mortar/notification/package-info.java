/**
 * Sends shoppers each notification once, by e-mail.
 *
 * <p>Read in this order: {@link dev.mortar.notification.NotificationCommand},
 * {@link dev.mortar.notification.NotificationEvent}, {@link dev.mortar.notification.Notification} (the state),
 * {@link dev.mortar.notification.NotificationDecider} (the rules), {@link dev.mortar.notification.NotificationProcess}
 * (other services' events in, commands out), NotificationDefinition (the wiring), NotificationSender (claims attempts
 * and sends mails), Email and EmailTemplates (the mails), Erasures, ContactChanges, ContactController,
 * DestinationController, ContactReadController, ErasureController and NotificationController (HTTP).
 *
 * <p>No event, command or state holds personal data. Contacts are only in the compacted topic
 * {@code customer.contacts}; the sender looks them up when it makes a mail.
 */
@NullMarked
package dev.mortar.notification;

import org.jspecify.annotations.NullMarked;
