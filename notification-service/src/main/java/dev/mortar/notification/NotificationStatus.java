package dev.mortar.notification;

import dev.mortar.eventsourcing.Recorded;
import dev.mortar.notification.NotificationContent.Repeat;
import dev.mortar.notification.NotificationEvent.*;
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

    /** The published state of a notification. */
    public enum State {
        REQUESTED,
        SENDING,
        WAITING_FOR_RETRY,
        SENT,
        FAILED,
        SUPPRESSED
    }

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
            case NotificationRequested _, NotificationSuperseded _ -> this;
            case NotificationDue _ -> changed(at, state, attempts, cause, at, null, repeats);
            case NotificationSending e -> changed(at, State.SENDING, e.attempt(), null, null, null, repeats);
            case NotificationAttemptFailed e ->
                changed(at, State.WAITING_FOR_RETRY, attempts, e.cause(), e.retryAt(), null, repeats);
            case NotificationSent _ -> changed(at, State.SENT, attempts, null, null, null, repeats);
            case NotificationFailed e -> changed(at, State.FAILED, attempts, e.cause(), null, null, repeats);
            case NotificationSuppressed e -> changed(at, State.SUPPRESSED, attempts, cause, null, e.reason(), repeats);
            case NotificationRepeated _ ->
                changed(at, state, attempts, cause, nextAttemptAt, suppressionReason, repeats + 1);
        };
    }

    private NotificationStatus changed(
            Instant at,
            State newState,
            int newAttempts,
            @Nullable String newCause,
            @Nullable Instant next,
            @Nullable SuppressionReason suppressed,
            int newRepeats) {
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
                newRepeats);
    }
}
