package dev.mortar.notification;

import dev.mortar.eventsourcing.Rejection;

/** Why a command to a notification was refused. */
public sealed interface NotificationRejection extends Rejection {

    /** Nothing was ever requested under this id. */
    record UnknownNotification(String notificationId) implements NotificationRejection {
        @Override
        public Kind kind() {
            return Kind.NOT_FOUND;
        }

        @Override
        public String message() {
            return "There is no notification " + notificationId + ".";
        }
    }

    /** The attempt may not be made: it is not due yet, claimed by another sender, or long over. */
    record AttemptNotDue(String notificationId, int attempt) implements NotificationRejection {
        @Override
        public Kind kind() {
            return Kind.CONFLICT;
        }

        @Override
        public String message() {
            return "Attempt " + attempt + " of notification " + notificationId + " is not to be made now.";
        }
    }
}
