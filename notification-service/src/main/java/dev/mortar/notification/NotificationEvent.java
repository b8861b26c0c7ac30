package dev.mortar.notification;

import dev.mortar.eventsourcing.FieldName;
import java.time.Instant;
import java.util.List;

/** An event of a notification. Attempts are counted from 1. */
public sealed interface NotificationEvent {

    String notificationId();

    String customerId();

    /** A notification was requested; the first attempt is due at once. */
    record NotificationRequested(
            String notificationId,
            NotificationContent content,
            @FieldName("meta.recordedAt") Instant at) implements NotificationEvent {
        @Override
        public String customerId() {
            return content.customerId();
        }
    }

    /** An attempt is due: its retry time has come, or no sender claimed it before. */
    record NotificationDue(
            String notificationId,
            String customerId,
            int attempt,
            @FieldName("meta.recordedAt") Instant at) implements NotificationEvent {}

    /** A sender claimed the attempt and is about to make it. */
    record NotificationSending(
            String notificationId,
            String customerId,
            int attempt,
            @FieldName("meta.recordedAt") Instant at) implements NotificationEvent {}

    /** The attempt failed, or its outcome is unknown. The next one is due at {@code retryAt}. */
    record NotificationAttemptFailed(
            String notificationId, String customerId, int attempt, String cause, Instant retryAt)
            implements NotificationEvent {}

    /** The mail server accepted the mail. */
    record NotificationSent(String notificationId, String customerId, int attempt) implements NotificationEvent {}

    /** The decider gave the notification up after these attempts. */
    record NotificationFailed(String notificationId, String customerId, int attempts, String cause)
            implements NotificationEvent {}

    /** The notification is repeated by a new one. */
    record NotificationRepeated(String notificationId, String repeatId, NotificationContent content)
            implements NotificationEvent {
        @Override
        public String customerId() {
            return content.customerId();
        }
    }

    /** The notification has ended and its content is no longer true, so it cannot be repeated. */
    record NotificationSuperseded(String notificationId, String customerId, List<String> repeatIds)
            implements NotificationEvent {}

    /** The notification is not sent (again), although nothing failed. */
    record NotificationSuppressed(String notificationId, String customerId, SuppressionReason reason)
            implements NotificationEvent {}
}
