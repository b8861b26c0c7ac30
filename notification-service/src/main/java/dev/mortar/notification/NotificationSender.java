package dev.mortar.notification;

import dev.mortar.eventsourcing.Caller;
import dev.mortar.eventsourcing.CommandRequest;
import dev.mortar.eventsourcing.Recorded;
import dev.mortar.eventsourcing.kafka.CommandGateway;
import dev.mortar.eventsourcing.kafka.CommandRejected;
import dev.mortar.eventsourcing.kafka.Effect;
import dev.mortar.eventsourcing.kafka.Reply;
import dev.mortar.eventsourcing.kafka.StateTables;
import dev.mortar.notification.MailServer.Outcome;
import dev.mortar.notification.NotificationCommand.*;
import dev.mortar.notification.NotificationEvent.*;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * Sends mails. When an event says that an attempt is due, it claims the attempt, sends the mail and records the
 * outcome. Each attempt has its own virtual thread; the number of running attempts is bounded.
 *
 * <p>An event may be old, come twice, or reach two instances. A mail is sent only after an accepted {@link ClaimSend}.
 * If this process dies, the decider's deadline takes over:
 *
 * <pre>
 * before the claim is decided       nothing was sent; the attempt becomes due again
 * between claim and outcome         the claim lapses; one more attempt, no third
 * after the outcome is recorded     nothing remains to do
 * </pre>
 */
@Component
final class NotificationSender implements Effect<NotificationEvent> {

    private static final Logger LOG = LoggerFactory.getLogger(NotificationSender.class);
    private static final Caller CALLER = Caller.system("notification-sender");

    /** Together with the mail server's time-outs, less than {@link NotificationDecider#CLAIM_SECONDS}. */
    static final int CLAIM_REPLY_SECONDS = 60;

    /** How long the sender tries to record an outcome; after the claim has lapsed, the outcome is useless. */
    static final int RECORD_SECONDS = NotificationDecider.CLAIM_SECONDS;

    static final int RECORD_REPLY_SECONDS = 30;
    private static final Duration RECORD_PAUSE = Duration.ofSeconds(2);
    private static final int FINISH_SECONDS = 20;

    /** Carries a command to the decider; {@link CommandGateway#sendAsync}. */
    @FunctionalInterface
    interface Commands {
        CompletableFuture<Reply> send(NotificationCommand command, CommandRequest request);
    }

    private final Commands commands;
    private final Function<String, @Nullable Contact> contacts;
    private final Function<String, @Nullable Location> locations;
    private final EmailTemplates templates;
    private final MailServer mailServer;
    private final int sendsAtOnceMax;
    private final Duration recordPause;
    private final Semaphore free;

    @Autowired
    NotificationSender(
            CommandGateway<NotificationCommand> gateway,
            StateTables tables,
            EmailTemplates templates,
            MailServer mailServer,
            @Value("${mortar.mail.sends-at-once}") int sendsAtOnceMax) {
        this(
                gateway::sendAsync,
                tables.<Contact>get(NotificationDefinition.CONTACTS)::get,
                tables.<Location>get(NotificationDefinition.LOCATIONS)::get,
                templates,
                mailServer,
                sendsAtOnceMax,
                RECORD_PAUSE);
    }

    NotificationSender(
            Commands commands,
            Function<String, @Nullable Contact> contacts,
            Function<String, @Nullable Location> locations,
            EmailTemplates templates,
            MailServer mailServer,
            int sendsAtOnceMax,
            Duration recordPause) {
        this.commands = commands;
        this.contacts = contacts;
        this.locations = locations;
        this.templates = templates;
        this.mailServer = mailServer;
        this.sendsAtOnceMax = sendsAtOnceMax;
        this.recordPause = recordPause;
        this.free = new Semaphore(sendsAtOnceMax);
    }

    /** Begins the attempt that the event makes due; waits while too many are running. */
    @Override
    public CompletableFuture<?> on(Recorded<NotificationEvent> recorded) throws InterruptedException {
        Optional<Due> due = due(recorded.event());
        if (due.isPresent()) {
            free.acquire();
            Thread.ofVirtual()
                    .name("send-" + due.get().notificationId())
                    .start(() -> attempt(due.get(), recorded.correlationId()));
        }
        // The decider's deadline repeats an attempt that this process does not end.
        return DONE;
    }

    /** An attempt that may be claimed. */
    record Due(String notificationId, String customerId, int attempt) {}

    /** The attempt that the event makes due, if any. */
    static Optional<Due> due(NotificationEvent event) {
        return switch (event) {
            case NotificationRequested e -> Optional.of(new Due(e.notificationId(), e.customerId(), 1));
            case NotificationDue e -> Optional.of(new Due(e.notificationId(), e.customerId(), e.attempt()));
            case NotificationSending _, NotificationAttemptFailed _, NotificationSent _ -> Optional.empty();
            case NotificationFailed _, NotificationSuppressed _ -> Optional.empty();
            case NotificationRepeated _, NotificationSuperseded _ -> Optional.empty();
        };
    }

    private void attempt(Due due, String correlationId) {
        try {
            NotificationCommand outcome = claimAndSend(due, correlationId);
            if (outcome != null) {
                record(outcome, correlationId);
            }
        } catch (RuntimeException e) {
            // The decider's deadline starts the next attempt.
            LOG.error("Attempt {} of notification {} failed unexpectedly", due.attempt(), due.notificationId(), e);
        } finally {
            free.release();
        }
    }

    /** The command to record; null if this sender did not get the claim. */
    private @Nullable NotificationCommand claimAndSend(Due due, String correlationId) {
        SuppressionReason suppressed = suppression(contacts.apply(due.customerId()));
        if (suppressed != null) {
            return new SuppressNotification(due.notificationId(), suppressed);
        }
        Optional<NotificationContent> granted = claim(due, correlationId);
        if (granted.isEmpty()) {
            return null;
        }
        // Checked again: during the claim the contact may have been erased or the consent withdrawn.
        Contact contact = contacts.apply(due.customerId());
        suppressed = suppression(contact);
        return contact == null || suppressed != null
                ? new SuppressNotification(
                        due.notificationId(), suppressed == null ? SuppressionReason.NO_CONTACT : suppressed)
                : outcome(due.notificationId(), due.attempt(), send(due.notificationId(), granted.get(), contact));
    }

    /** Why a shopper with this contact gets no mail; null when the shopper gets one. */
    static @Nullable SuppressionReason suppression(@Nullable Contact contact) {
        if (contact == null || contact.email() == null) {
            return SuppressionReason.NO_CONTACT;
        }
        return contact.emailConsent() ? null : SuppressionReason.NO_CONSENT;
    }

    /** Claims the attempt. The content to send if this sender got the claim, otherwise empty. */
    private Optional<NotificationContent> claim(Due due, String correlationId) {
        String id = due.notificationId();
        try {
            return granted(commands.send(new ClaimSend(id, due.attempt()), request(UUID.randomUUID(), correlationId))
                    .get(CLAIM_REPLY_SECONDS, TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof CommandRejected)) {
                LOG.warn("Attempt {} of notification {} could not be claimed", due.attempt(), id, e.getCause());
            }
        } catch (TimeoutException e) {
            LOG.warn("The claim of attempt {} of notification {} was not answered in time", due.attempt(), id);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Optional.empty();
    }

    /** The content of a granted claim; empty when the decider suppressed the notification instead. */
    static Optional<NotificationContent> granted(Reply reply) {
        return reply.as(Notification.class) instanceof Notification.Sending sending
                ? Optional.of(sending.content())
                : Optional.empty();
    }

    private Outcome send(String notificationId, NotificationContent content, Contact contact) {
        Email email;
        try {
            String locationId = content.locationId();
            email = templates.render(content, contact, locationId == null ? null : locations.apply(locationId));
        } catch (RuntimeException e) {
            // Logs only the class: the exception's message could contain personal data.
            LOG.error(
                    "The mail of notification {} could not be rendered: {}",
                    notificationId,
                    e.getClass().getName());
            return new Outcome.NotSent("NOT_RENDERED", false);
        }
        String name = contact.name();
        return mailServer.send(notificationId, email, String.valueOf(contact.email()), name == null ? "" : name);
    }

    /** The command that records the outcome of an attempt. */
    static NotificationCommand outcome(String notificationId, int attempt, Outcome outcome) {
        return switch (outcome) {
            case Outcome.Accepted _ -> new RecordSent(notificationId, attempt);
            case Outcome.NotSent notSent ->
                new RecordFailure(notificationId, attempt, notSent.cause(), notSent.permanent());
            case Outcome.Unknown _ ->
                new RecordFailure(notificationId, attempt, NotificationDecider.OUTCOME_UNKNOWN, false);
        };
    }

    /** Retries with the same command id, because an unrecorded outcome causes one more mail. */
    private void record(NotificationCommand command, String correlationId) {
        CommandRequest request = request(UUID.randomUUID(), correlationId);
        long beganNs = System.nanoTime();
        int tries = 0;
        while (System.nanoTime() - beganNs < TimeUnit.SECONDS.toNanos(RECORD_SECONDS)) {
            tries++;
            try {
                if (tries > 1) {
                    Thread.sleep(recordPause);
                }
                commands.send(command, request).get(RECORD_REPLY_SECONDS, TimeUnit.SECONDS);
                return;
            } catch (ExecutionException e) {
                if (e.getCause() instanceof CommandRejected rejected) {
                    LOG.error("{} was rejected: {}", command, rejected.getMessage());
                    return;
                }
                // While Kafka is away, each running attempt warns once.
                LOG.atLevel(tries == 1 ? Level.WARN : Level.DEBUG)
                        .setCause(e.getCause())
                        .log("Try {} to record {} failed", tries, command);
            } catch (TimeoutException e) {
                LOG.warn("Try {} to record {} was not answered in time", tries, command);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
        LOG.error("Could not record {} in {} tries", command, tries);
    }

    static CommandRequest request(UUID commandId, String correlationId) {
        return new CommandRequest(commandId, CALLER, correlationId, null, null, Duration.ZERO, null);
    }

    @Override
    public void finish() throws InterruptedException {
        if (!free.tryAcquire(sendsAtOnceMax, FINISH_SECONDS, TimeUnit.SECONDS)) {
            LOG.warn("Stopped while sends were still running");
        }
    }
}
