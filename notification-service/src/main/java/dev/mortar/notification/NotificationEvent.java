package dev.mortar.notification;

import dev.mortar.eventsourcing.RecordedAt;
import java.time.Instant;
import java.util.List;

/** What has happened to a notification. Attempts are counted from 1. */
public sealed interface NotificationEvent {

    /** The notification it happened to. */
    String notificationId();

    /** The shopper it is for. */
    String customerId();

    /** A shopper is to be told something; the first attempt is due at once. */
    record NotificationRequested(String notificationId, NotificationContent content, @RecordedAt Instant at)
            implements NotificationEvent {
        @Override
        public String customerId() {
            return content.customerId();
        }
    }

    /** The time of a retry has come, or nobody claimed the attempt when it was due before. */
    record NotificationDue(String notificationId, String customerId, int attempt, @RecordedAt Instant at)
            implements NotificationEvent {}

    /** The attempt was claimed and is about to be made. */
    record NotificationSending(String notificationId, String customerId, int attempt, @RecordedAt Instant at)
            implements NotificationEvent {}

    /** The attempt failed, or its outcome is not known; the next one is due at {@code retryAt}. */
    record NotificationAttemptFailed(
            String notificationId, String customerId, int attempt, String cause, Instant retryAt)
            implements NotificationEvent {}

    /** The mail server took it. */
    record NotificationSent(String notificationId, String customerId, int attempt) implements NotificationEvent {}

    /** It was given up after so many attempts. */
    record NotificationFailed(String notificationId, String customerId, int attempts, String cause)
            implements NotificationEvent {}

    /**
     * It is to be sent again, by a new notification.
     *
     * @param content what the new one says
     */
    record NotificationRepeated(String notificationId, String repeatId, NotificationContent content)
            implements NotificationEvent {
        @Override
        public String customerId() {
            return content.customerId();
        }
    }

    /** It is over and what it said is no longer true: it is not sent again. */
    record NotificationSuperseded(String notificationId, String customerId, List<String> repeatIds)
            implements NotificationEvent {
        public NotificationSuperseded {
            repeatIds = List.copyOf(repeatIds);
        }
    }

    /** It is not sent (again), for a reason that is no fault. */
    record NotificationSuppressed(String notificationId, String customerId, SuppressionReason reason)
            implements NotificationEvent {}
}
