package dev.mortar.notification;

import dev.mortar.eventsourcing.NameBasedId;
import java.util.UUID;

/**
 * Ids of notifications: UUIDv5 of subject, customer, channel and template, so the same trigger can never make a second
 * notification.
 *
 * <p>The subject is the id of the triggering event, with one exception: a call to fetch goods is named by its
 * fulfilment (and the issue of the code, when one was reissued). A pickup becomes ready once and is reminded of once,
 * so this says the same; but the event that ends the pickup can derive these ids too and supersede what is not sent
 * yet, in the one partition that also decides the claim.
 */
final class NotificationId {

    private static final UUID NAMESPACE = UUID.fromString("6f1c8f0e-0b51-5c0e-9f0a-3b7d1f6c2a94");
    private static final String CHANNEL = "EMAIL";

    private NotificationId() {}

    /** The notification that an event triggers. */
    static String ofEvent(UUID triggerEventId, String customerId, Template template) {
        return of(triggerEventId.toString(), customerId, template);
    }

    /** The one that says the goods are ready. */
    static String ofReady(String fulfilmentId, String customerId) {
        return of(fulfilmentId, customerId, Template.PICKUP_READY);
    }

    /** The one that reminds of the goods. */
    static String ofReminder(String fulfilmentId, String customerId) {
        return of(fulfilmentId, customerId, Template.PICKUP_REMINDER);
    }

    /** The one that shows a reissued code. */
    static String ofReissue(String fulfilmentId, int issue, String customerId) {
        return of(fulfilmentId + "|" + issue, customerId, Template.PICKUP_CODE_REISSUED);
    }

    private static String of(String subject, String customerId, Template template) {
        // Ids hold no "|", so no two notifications share a name.
        return NameBasedId.of(NAMESPACE, subject + "|" + customerId + "|" + CHANNEL + "|" + template.name())
                .toString();
    }
}
