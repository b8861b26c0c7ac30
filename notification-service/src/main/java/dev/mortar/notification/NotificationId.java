package dev.mortar.notification;

import dev.mortar.eventsourcing.NameBasedId;
import java.util.UUID;

/**
 * Ids of notifications: UUIDv5 of subject, customer, channel and template. The same event always gives the same id, so
 * it never causes a second notification.
 *
 * <p>The subject is the id of the triggering event, with one exception: for a mail that calls the shopper to fetch
 * goods it is the fulfilment id (and the issue of a reissued code). A pickup becomes ready once and has one reminder,
 * so the ids are still unique. The event that ends the pickup can derive the same ids and supersede these
 * notifications, in the partition that also decides the claim.
 */
final class NotificationId {

    private static final UUID NAMESPACE = UUID.fromString("6f1c8f0e-0b51-5c0e-9f0a-3b7d1f6c2a94");
    private static final String CHANNEL = "EMAIL";

    private NotificationId() {}

    /** The notification that an event triggers. */
    static String ofEvent(UUID triggerEventId, String customerId, Template template) {
        return of(triggerEventId.toString(), customerId, template);
    }

    /** The notification that the goods are ready. */
    static String ofReady(String fulfilmentId, String customerId) {
        return of(fulfilmentId, customerId, Template.PICKUP_READY);
    }

    /** The reminder of the goods. */
    static String ofReminder(String fulfilmentId, String customerId) {
        return of(fulfilmentId, customerId, Template.PICKUP_REMINDER);
    }

    /** The notification with a reissued code. */
    static String ofReissue(String fulfilmentId, int issue, String customerId) {
        return of(fulfilmentId + "|" + issue, customerId, Template.PICKUP_CODE_REISSUED);
    }

    /** The notification with this content, which is not a repeat. */
    static String of(NotificationContent content) {
        Template template = content.template();
        NotificationContent.CodeIssue code = content.code();
        String subject = template.callsToPickup()
                ? content.fulfilmentId()
                : content.triggerEventId().toString();
        String issue = template == Template.PICKUP_CODE_REISSUED && code != null ? "|" + code.issue() : "";
        return of(subject + issue, content.customerId(), template);
    }

    private static String of(String subject, String customerId, Template template) {
        // Ids contain no "|", so two notifications never have the same name.
        return NameBasedId.of(NAMESPACE, subject + "|" + customerId + "|" + CHANNEL + "|" + template.name())
                .toString();
    }
}
