package dev.mortar.notification;

import dev.mortar.eventsourcing.Recorded;
import dev.mortar.notification.NotificationContent.Repeat;
import dev.mortar.notification.NotificationEvent.NotificationAttemptFailed;
import dev.mortar.notification.NotificationEvent.NotificationDue;
import dev.mortar.notification.NotificationEvent.NotificationFailed;
import dev.mortar.notification.NotificationEvent.NotificationRepeated;
import dev.mortar.notification.NotificationEvent.NotificationRequested;
import dev.mortar.notification.NotificationEvent.NotificationSending;
import dev.mortar.notification.NotificationEvent.NotificationSent;
import dev.mortar.notification.NotificationEvent.NotificationSuperseded;
import dev.mortar.notification.NotificationEvent.NotificationSuppressed;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The state of a notification, as a client reads it.
 *
 * @param fulfilmentId null when the notification is about the whole order
 * @param attempts how many attempts were claimed
 * @param cause why the last attempt failed, or null
 * @param nextAttemptAt when the next attempt is due, or null
 * @param suppressionReason why the notification is not sent, or null
 * @param repeatOf the notification that it repeats, or null when it is not a repeat
 * @param repeats how many repeats it has
 */
public record NotificationStatus(
        String notificationId,
        String customerId,
        Template template,
        UUID triggerEventId,
        String orderId,
        @Nullable String fulfilmentId,
        State state,
        int attempts,
        @Nullable String cause,
        @Nullable Instant nextAttemptAt,
        @Nullable SuppressionReason suppressionReason,
        Instant requestedAt,
        Instant changedAt,
        @Nullable String repeatOf,
        int repeats) {

    /** The steps of a notification. */
    public enum State {
        REQUESTED,
        SENDING,
        WAITING_FOR_RETRY,
        SENT,
        FAILED,
        SUPPRESSED
    }

    /** The status after the event. */
    static @Nullable NotificationStatus after(
            @Nullable NotificationStatus status, Recorded<NotificationEvent> recorded) {
        Instant at = recorded.recordedAt();
        if (recorded.event() instanceof NotificationRequested requested) {
            NotificationContent content = requested.content();
            Repeat repeat = content.repeat();
            return new NotificationStatus(
                    requested.notificationId(),
                    content.customerId(),
                    content.template(),
                    content.triggerEventId(),
                    content.orderId(),
                    content.fulfilmentId(),
                    State.REQUESTED,
                    0,
                    null,
                    at,
                    null,
                    at,
                    at,
                    repeat == null ? null : repeat.of(),
                    0);
        }
        return status == null ? null : status.after(recorded.event(), at);
    }

    private NotificationStatus after(NotificationEvent event, Instant at) {
        return switch (event) {
            case NotificationRequested e -> this;
            case NotificationDue e -> changed(state, attempts, cause, at, null, at);
            case NotificationSending e -> changed(State.SENDING, e.attempt(), null, null, null, at);
            case NotificationAttemptFailed e ->
                changed(State.WAITING_FOR_RETRY, attempts, e.cause(), e.retryAt(), null, at);
            case NotificationSent e -> changed(State.SENT, attempts, null, null, null, at);
            case NotificationFailed e -> changed(State.FAILED, attempts, e.cause(), null, null, at);
            case NotificationSuppressed e -> changed(State.SUPPRESSED, attempts, cause, null, e.reason(), at);
            case NotificationRepeated e -> repeated(at);
            case NotificationSuperseded e -> this;
        };
    }

    private NotificationStatus repeated(Instant at) {
        return new NotificationStatus(
                notificationId,
                customerId,
                template,
                triggerEventId,
                orderId,
                fulfilmentId,
                state,
                attempts,
                cause,
                nextAttemptAt,
                suppressionReason,
                requestedAt,
                at,
                repeatOf,
                repeats + 1);
    }

    private NotificationStatus changed(
            State newState,
            int newAttempts,
            @Nullable String newCause,
            @Nullable Instant next,
            @Nullable SuppressionReason suppressed,
            Instant at) {
        return new NotificationStatus(
                notificationId,
                customerId,
                template,
                triggerEventId,
                orderId,
                fulfilmentId,
                newState,
                newAttempts,
                newCause,
                next,
                suppressed,
                requestedAt,
                at,
                repeatOf,
                repeats);
    }
}
