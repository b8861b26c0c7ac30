package dev.mortar.notification;

/** A command to a notification, in the order of its life. */
public sealed interface NotificationCommand {

    String notificationId();

    /** Requests a notification to the shopper. */
    record RequestNotification(String notificationId, NotificationContent content) implements NotificationCommand {}

    /** Supersedes the notification: its content is no longer true, so no sender may begin to send it. */
    record SupersedeNotification(String notificationId) implements NotificationCommand {}

    /** Claims an attempt for one sender; rejected when the attempt is not due or already claimed. */
    record ClaimSend(String notificationId, int attempt) implements NotificationCommand {}

    /** Suppresses the notification: the sender found no contact or no consent. */
    record SuppressNotification(String notificationId, SuppressionReason reason) implements NotificationCommand {}

    /** Records that the mail server accepted the mail. */
    record RecordSent(String notificationId, int attempt) implements NotificationCommand {}

    /**
     * Records that the attempt failed.
     *
     * @param cause reply code of the mail server or kind of failure, without any address
     * @param permanent true when a retry is useless
     */
    record RecordFailure(String notificationId, int attempt, String cause, boolean permanent)
            implements NotificationCommand {}

    /** Repeats the notification by a new one. */
    record RepeatNotification(String notificationId, String repeatId) implements NotificationCommand {}

    /** Checks whether an attempt is due or a claim has lapsed; the timer sends it. */
    record CheckDue(String notificationId) implements NotificationCommand {}
}
