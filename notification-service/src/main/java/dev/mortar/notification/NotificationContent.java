package dev.mortar.notification;

import dev.mortar.eventsourcing.FieldName;
import dev.mortar.values.EndReason;
import dev.mortar.values.FulfilmentMethod;
import dev.mortar.values.Money;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The content of a notification, without personal data: the sender looks up the contact when it makes the mail.
 *
 * @param triggerEventId the event that caused the notification
 * @param fulfilmentId null when the notification is about the whole order
 * @param method how the goods leave; null when the notification is about the whole order
 * @param locationId null when the notification names no location
 * @param lines articles of the notification
 * @param droppedLines articles that the shopper does not get: rejected from a confirmed order, not found in the store,
 *     or not taken at the counter
 * @param amount amount that is paid, refunded or no longer to pay, or null
 * @param pickupDeadline last instant to fetch the goods, or null; of FULFILMENT_MOVED: when they should be ready, or
 *     null; of DELIVERY_FAILED: when the courier tries again, or null
 * @param code the pickup code to show, or null
 * @param reason why the shopper does not get the articles, or null
 * @param trackingReferences references of the parcels at their carriers; empty if there are none
 * @param repeat the notification that it repeats, or null when it is not a repeat
 */
public record NotificationContent(
        UUID triggerEventId,
        String customerId,
        Template template,
        String orderId,
        @Nullable String fulfilmentId,
        @Nullable FulfilmentMethod method,
        @Nullable String locationId,
        List<NotificationLine> lines,
        List<NotificationLine> droppedLines,
        @Nullable Money amount,
        @Nullable Instant pickupDeadline,
        @Nullable CodeIssue code,
        @Nullable EndReason reason,
        List<String> trackingReferences,
        @Nullable Repeat repeat) {

    /**
     * The pickup code to show. The code itself is derived when the mail is made, and is stored nowhere.
     *
     * @param issue counted from 1
     * @param keyId id of the deployment secret
     */
    public record CodeIssue(
            @FieldName("codeIssue") int issue,
            @FieldName("codeKeyId") String keyId) {}

    /**
     * The place of a repeat.
     *
     * @param of the notification that it repeats
     * @param number counted from 1
     */
    public record Repeat(
            @FieldName("repeatOf") String of,
            @FieldName("repeat") int number) {}

    NotificationContent repeated(Repeat newRepeat) {
        return new NotificationContent(
                triggerEventId,
                customerId,
                template,
                orderId,
                fulfilmentId,
                method,
                locationId,
                lines,
                droppedLines,
                amount,
                pickupDeadline,
                code,
                reason,
                trackingReferences,
                newRepeat);
    }
}
