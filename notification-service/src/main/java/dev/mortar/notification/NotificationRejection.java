package dev.mortar.notification;

import dev.mortar.eventsourcing.Rejection;

/** Why a command to a notification was rejected. */
public sealed interface NotificationRejection extends Rejection {

    @Override
    default String message() {
        return switch (this) {
            case UnknownNotification r -> "There is no notification " + r.notificationId() + ".";
            case AttemptNotDue r ->
                "Attempt " + r.attempt() + " of notification " + r.notificationId()
                        + " is not due, or another sender claimed it.";
            case NotificationNotOver r ->
                "Notification " + r.notificationId()
                        + " has not ended yet. Repeat it after it was sent, failed or was suppressed.";
            case NotificationOutOfDate r ->
                "Notification " + r.notificationId() + " is out of date and cannot be repeated.";
            case TooManyRepeats r ->
                "Notification " + r.notificationId() + " was already repeated " + r.repeatsMax()
                        + " times, the maximum.";
            case RepeatOfRepeat r ->
                "Notification " + r.notificationId() + " is a repeat itself. Repeat notification " + r.repeatOf()
                        + " instead.";
        };
    }

    record UnknownNotification(String notificationId) implements NotificationRejection, NotFound {}

    record NotificationNotOver(String notificationId) implements NotificationRejection, Conflict {}

    /** The content is no longer true: the goods were handed over, cancelled or expired, or there is a newer code. */
    record NotificationOutOfDate(String notificationId) implements NotificationRejection, Conflict {}

    record TooManyRepeats(String notificationId, int repeatsMax) implements NotificationRejection, Conflict {}

    record RepeatOfRepeat(String notificationId, String repeatOf) implements NotificationRejection, Conflict {}

    /** The attempt may not be made: it is not due yet, claimed by another sender, or in the past. */
    record AttemptNotDue(String notificationId, int attempt) implements NotificationRejection, Conflict {}
}
