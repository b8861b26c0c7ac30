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
        };
    }

    /** Nothing was ever requested under this id. */
    record UnknownNotification(String notificationId) implements NotificationRejection, NotFound {}

    /** The attempt may not be made: it is not due yet, claimed by another sender, or long over. */
    record AttemptNotDue(String notificationId, int attempt) implements NotificationRejection, Conflict {}
}
