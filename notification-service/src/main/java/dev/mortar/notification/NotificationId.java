package dev.mortar.notification;

import dev.mortar.eventsourcing.NameBasedId;
import java.util.Objects;
import java.util.UUID;

/**
 * Ids of notifications: UUIDv5 of subject, customer, channel and template. The same event always gives the same id, so
 * it never causes a second notification.
 *
 * <p>The subject is the id of the triggering event, with one exception: for a mail that a later event supersedes it is
 * the fulfilment id, with the issue of a reissued code or the number of extensions of the deadline. Each of these mails
 * is requested once, so the ids are still unique. The later event can derive the same ids and supersede these
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

    /** The reminder of the goods, after this many extensions of the deadline. */
    static String ofReminder(String fulfilmentId, int extensions, String customerId) {
        return of(numbered(fulfilmentId, extensions), customerId, Template.PICKUP_REMINDER);
    }

    /** The notification with a reissued code. */
    static String ofReissue(String fulfilmentId, int issue, String customerId) {
        return of(numbered(fulfilmentId, issue), customerId, Template.PICKUP_CODE_REISSUED);
    }

    /** The notification that the goods are late. */
    static String ofDelay(String fulfilmentId, String customerId) {
        return of(fulfilmentId, customerId, Template.PICKUP_DELAYED);
    }

    /** The notification of an extension, counted from 1. */
    static String ofExtension(String fulfilmentId, int extensions, String customerId) {
        return of(numbered(fulfilmentId, extensions), customerId, Template.PICKUP_EXTENDED);
    }

    private static String numbered(String fulfilmentId, int number) {
        return number == 0 ? fulfilmentId : fulfilmentId + "|" + number;
    }

    /**
     * The notification of a pickup with this content, which is not a repeat.
     *
     * @param extensions how often the pickup deadline was extended
     */
    static String ofPickup(NotificationContent content, String fulfilmentId, int extensions) {
        String customerId = content.customerId();
        return switch (content.template()) {
            case PICKUP_READY -> ofReady(fulfilmentId, customerId);
            case PICKUP_REMINDER -> ofReminder(fulfilmentId, extensions, customerId);
            case PICKUP_CODE_REISSUED ->
                ofReissue(fulfilmentId, Objects.requireNonNull(content.code()).issue(), customerId);
            case PICKUP_DELAYED -> ofDelay(fulfilmentId, customerId);
            case PICKUP_EXTENDED -> ofExtension(fulfilmentId, extensions, customerId);
            case PICKUP_HANDED_OVER,
                    PICKUP_EXPIRED,
                    ORDER_CONFIRMED,
                    ORDER_REJECTED,
                    ORDER_CANCELLED,
                    ORDER_LINES_CANCELLED,
                    RETURN_ACCEPTED,
                    FULFILMENT_MOVED,
                    PARCEL_DELIVERED,
                    DELIVERY_FAILED,
                    PARCEL_LOST -> ofEvent(content.triggerEventId(), customerId, content.template());
        };
    }

    private static String of(String subject, String customerId, Template template) {
        // Ids contain no "|", so two notifications never have the same name.
        return NameBasedId.of(NAMESPACE, subject + "|" + customerId + "|" + CHANNEL + "|" + template.name())
                .toString();
    }
}
