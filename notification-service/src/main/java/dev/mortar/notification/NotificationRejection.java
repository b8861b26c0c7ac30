package dev.mortar.notification;

import dev.mortar.eventsourcing.Rejection;

/** Why a command to a notification was refused. */
public sealed interface NotificationRejection extends Rejection {

    @Override
    default String message() {
        return switch (this) {
            case UnknownNotification r -> "There is no notification " + r.notificationId() + ".";
            case AttemptNotDue r ->
                "Attempt " + r.attempt() + " of notification " + r.notificationId() + " is not to be made now.";
            case NotificationNotOver r ->
                "Notification " + r.notificationId() + " is still to be sent; it can be repeated when that has ended.";
            case NotificationOutOfDate r ->
                "What notification " + r.notificationId() + " says is no longer true; it is not sent again.";
            case TooManyRepeats r ->
                "Notification " + r.notificationId() + " was repeated " + r.repeatsMax() + " times, which is the most.";
            case RepeatOfRepeat r ->
                "Notification " + r.notificationId() + " is a repeat; repeat notification " + r.repeatOf() + ".";
        };
    }

    /** Nothing was ever requested under this id. */
    record UnknownNotification(String notificationId) implements NotificationRejection, NotFound {}

    /** It is not sent yet, so there is nothing to repeat. */
    record NotificationNotOver(String notificationId) implements NotificationRejection, Conflict {}

    /** It is no longer true: the goods were handed over, cancelled or expired, or a newer code is valid. */
    record NotificationOutOfDate(String notificationId) implements NotificationRejection, Conflict {}

    /** It was repeated as often as it may be. */
    record TooManyRepeats(String notificationId, int repeatsMax) implements NotificationRejection, Conflict {}

    /** It is a repeat itself. */
    record RepeatOfRepeat(String notificationId, String repeatOf) implements NotificationRejection, Conflict {}

    /** The attempt may not be made: it is not due yet, claimed by another sender, or long over. */
    record AttemptNotDue(String notificationId, int attempt) implements NotificationRejection, Conflict {}
}
