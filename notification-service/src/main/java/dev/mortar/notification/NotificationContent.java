package dev.mortar.notification;

import dev.mortar.values.Money;
import dev.mortar.values.FulfilmentMethod;
import dev.mortar.eventsourcing.FieldName;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a shopper is to be told, without any personal data: the contact is looked up when the mail is made.
 *
 * @param triggerEventId the event that called for it
 * @param fulfilmentId null when it is about the whole order
 * @param method how the goods leave; null when it is about the whole order
 * @param locationId null when it is about no location
 * @param lines articles it names
 * @param droppedLines articles the shopper does not get: rejected while the rest stands, not found in the store, or
 *     left at the counter
 * @param amount paid, refunded or no longer to pay, or null
 * @param pickupDeadline last instant to fetch the goods, or null
 * @param code the pickup code it shows, or null
 * @param reason why the shopper does not get the articles, or null
 * @param repeat which earlier notification it says again, or null when it is the first
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
        @Nullable Repeat repeat) {

    /**
     * Which pickup code is shown; the code itself is derived when the mail is made and stands nowhere else.
     *
     * @param issue counted from 1
     * @param keyId id of the deployment secret
     */
    public record CodeIssue(
            @FieldName("codeIssue") int issue,
            @FieldName("codeKeyId") String keyId) {}

    /**
     * Which repeat it is.
     *
     * @param of the notification it says again
     * @param number counted from 1
     */
    public record Repeat(
            @FieldName({"repeatOf", "notificationId"}) String of,
            @FieldName("repeat") int number) {}

    public NotificationContent {
        lines = List.copyOf(lines);
        droppedLines = List.copyOf(droppedLines);
    }

    /** The same, said again. */
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
                newRepeat);
    }
}
