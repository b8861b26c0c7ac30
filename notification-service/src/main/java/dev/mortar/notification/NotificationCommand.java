package dev.mortar.notification;

/** What can be asked of a notification. Ordered as in the life of one. */
public sealed interface NotificationCommand {

    /** The notification it is about. */
    String notificationId();

    /** Tell the shopper this. */
    record RequestNotification(String notificationId, NotificationContent content) implements NotificationCommand {}

    /** What it says is no longer true: do not begin to send it. */
    record SupersedeNotification(String notificationId) implements NotificationCommand {}

    /** Lets the sender, and nobody else, make this attempt; refused when it is not due or already claimed. */
    record ClaimSend(String notificationId, int attempt) implements NotificationCommand {}

    /** The sender found that the shopper cannot or must not be told. */
    record SuppressNotification(String notificationId, SuppressionReason reason) implements NotificationCommand {}

    /** The mail server took it. */
    record RecordSent(String notificationId, int attempt) implements NotificationCommand {}

    /**
     * The attempt failed.
     *
     * @param cause reply code of the mail server or kind of failure, without any address
     * @param permanent true when trying again is of no use
     */
    record RecordFailure(String notificationId, int attempt, String cause, boolean permanent)
            implements NotificationCommand {}

    /**
     * Say it again, by a new notification.
     *
     * @param repeatId id of the new notification
     */
    record RepeatNotification(String notificationId, String repeatId) implements NotificationCommand {}

    /** Look whether an attempt is due or a claim has lapsed; sent by the timer. */
    record CheckDue(String notificationId) implements NotificationCommand {}
}
