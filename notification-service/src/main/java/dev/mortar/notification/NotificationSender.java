package dev.mortar.notification;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.Recorded;
import dev.mortar.eventsourcing.http.CommandRequest;
import dev.mortar.eventsourcing.kafka.CommandGateway;
import dev.mortar.eventsourcing.kafka.CommandRejected;
import dev.mortar.eventsourcing.kafka.Effect;
import dev.mortar.eventsourcing.kafka.Reply;
import dev.mortar.eventsourcing.kafka.StateTables;
import dev.mortar.notification.MailServer.Outcome;
import dev.mortar.notification.NotificationCommand.ClaimSend;
import dev.mortar.notification.NotificationCommand.RecordFailure;
import dev.mortar.notification.NotificationCommand.RecordSent;
import dev.mortar.notification.NotificationCommand.SuppressNotification;
import dev.mortar.notification.NotificationEvent.NotificationAttemptFailed;
import dev.mortar.notification.NotificationEvent.NotificationDue;
import dev.mortar.notification.NotificationEvent.NotificationFailed;
import dev.mortar.notification.NotificationEvent.NotificationRepeated;
import dev.mortar.notification.NotificationEvent.NotificationRequested;
import dev.mortar.notification.NotificationEvent.NotificationSending;
import dev.mortar.notification.NotificationEvent.NotificationSent;
import dev.mortar.notification.NotificationEvent.NotificationSuperseded;
import dev.mortar.notification.NotificationEvent.NotificationSuppressed;
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
 * Makes the sends: hears from the committed events that an attempt is due, claims it, sends the mail, records the
 * outcome; each on a virtual thread of its own, a bounded number at a time.
 *
 * <p>What it hears may be old, or come twice, or to two instances: only an accepted {@link ClaimSend} lets a mail out.
 * If this process dies at any point, the decider's deadline takes over:
 *
 * <pre>
 * before the claim is decided       senders are told again, nothing was sent
 * between claim and outcome         the claim lapses, one more attempt, no third
 * after the outcome is recorded     nothing is left to do
 * </pre>
 */
@Component
final class NotificationSender implements Effect<NotificationEvent> {

    private static final Logger LOG = LoggerFactory.getLogger(NotificationSender.class);
    private static final Actor ACTOR = Actor.system("notification-sender");

    /** With the mail server's time-outs less than {@link NotificationDecider#CLAIM_SECONDS}. */
    static final int CLAIM_REPLY_SECONDS = 60;

    /** An outcome is of use until the claim has lapsed, however often Kafka was asked in vain by then. */
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

    /** Begins the attempt an event makes due; waits while too many are under way. */
    @Override
    public void on(Recorded<NotificationEvent> recorded) throws InterruptedException {
        Optional<Due> due = due(recorded.event());
        if (due.isPresent()) {
            begin(due.get().notificationId(), due.get().customerId(), due.get().attempt(), recorded.correlationId());
        }
    }

    /** An attempt that may be claimed. */
    record Due(String notificationId, String customerId, int attempt) {}

    /** The attempt an event makes due, if it does. */
    static Optional<Due> due(NotificationEvent event) {
        return switch (event) {
            case NotificationRequested e -> Optional.of(new Due(e.notificationId(), e.customerId(), 1));
            case NotificationDue e -> Optional.of(new Due(e.notificationId(), e.customerId(), e.attempt()));
            case NotificationSending e -> Optional.empty();
            case NotificationAttemptFailed e -> Optional.empty();
            case NotificationSent e -> Optional.empty();
            case NotificationFailed e -> Optional.empty();
            case NotificationSuppressed e -> Optional.empty();
            case NotificationRepeated e -> Optional.empty();
            case NotificationSuperseded e -> Optional.empty();
        };
    }

    private void begin(String notificationId, String customerId, int attempt, String correlationId)
            throws InterruptedException {
        free.acquire();
        Thread.ofVirtual().name("send-" + notificationId).start(() -> {
            try {
                attempt(notificationId, customerId, attempt, correlationId);
            } catch (RuntimeException e) {
                // The decider's deadline takes it up again.
                LOG.error("Attempt {} of notification {} ended by a fault", attempt, notificationId, e);
            } finally {
                free.release();
            }
        });
    }

    private void attempt(String notificationId, String customerId, int attempt, String correlationId) {
        SuppressionReason suppressed = suppression(contacts.apply(customerId));
        if (suppressed != null) {
            record(new SuppressNotification(notificationId, suppressed), correlationId);
            return;
        }
        Optional<NotificationContent> granted = claim(notificationId, attempt, correlationId);
        if (granted.isEmpty()) {
            return;
        }
        // The shopper may have been erased, or have withdrawn consent, while the claim was decided.
        Contact contact = contacts.apply(customerId);
        suppressed = suppression(contact);
        if (contact == null || suppressed != null) {
            record(
                    new SuppressNotification(
                            notificationId, suppressed == null ? SuppressionReason.NO_CONTACT : suppressed),
                    correlationId);
            return;
        }
        record(outcome(notificationId, attempt, send(notificationId, granted.get(), contact)), correlationId);
    }

    /** Why a shopper with this contact cannot or must not be told; null when it can be. */
    static @Nullable SuppressionReason suppression(@Nullable Contact contact) {
        if (contact == null || contact.email() == null) {
            return SuppressionReason.NO_CONTACT;
        }
        return contact.emailConsent() ? null : SuppressionReason.NO_CONSENT;
    }

    /** What to send, when this sender and no other is to send it. */
    private Optional<NotificationContent> claim(String notificationId, int attempt, String correlationId) {
        try {
            Reply reply = commands.send(new ClaimSend(notificationId, attempt), request(correlationId))
                    .get(CLAIM_REPLY_SECONDS, TimeUnit.SECONDS);
            return granted(reply);
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof CommandRejected)) {
                LOG.warn("Attempt {} of notification {} could not be claimed", attempt, notificationId, e.getCause());
            }
        } catch (TimeoutException e) {
            LOG.warn("Attempt {} of notification {} was not granted in time", attempt, notificationId);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Optional.empty();
    }

    /** What an accepted claim lets out; an accepted claim may also have found the notification out of date. */
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
            // The message of the failure could hold what was to be written: its kind has to do.
            LOG.error(
                    "Notification {} could not be written: {}",
                    notificationId,
                    e.getClass().getName());
            return new Outcome.NotSent("NOT_RENDERED", false);
        }
        String name = contact.name();
        return mailServer.send(notificationId, email, String.valueOf(contact.email()), name == null ? "" : name);
    }

    /** The command that records what became of an attempt. */
    static NotificationCommand outcome(String notificationId, int attempt, Outcome outcome) {
        return switch (outcome) {
            case Outcome.Taken taken -> new RecordSent(notificationId, attempt);
            case Outcome.NotSent notSent ->
                new RecordFailure(notificationId, attempt, notSent.cause(), notSent.permanent());
            case Outcome.Unknown unknown ->
                new RecordFailure(notificationId, attempt, NotificationDecider.OUTCOME_UNKNOWN, false);
        };
    }

    /** Tries again with the same command id: an outcome that is not recorded means one more mail. */
    private void record(NotificationCommand command, String correlationId) {
        CommandRequest request = request(correlationId);
        long beganNs = System.nanoTime();
        int tries = 0;
        while (System.nanoTime() - beganNs < TimeUnit.SECONDS.toNanos(RECORD_SECONDS)) {
            tries++;
            try {
                commands.send(command, request).get(RECORD_REPLY_SECONDS, TimeUnit.SECONDS);
                return;
            } catch (ExecutionException e) {
                if (e.getCause() instanceof CommandRejected rejected) {
                    LOG.error("Refused: {} because {}", command, rejected.getMessage());
                    return;
                }
                // All mails under way say so while Kafka is away: once each.
                LOG.atLevel(tries == 1 ? Level.WARN : Level.DEBUG)
                        .setCause(e.getCause())
                        .log("Try {} to record {} failed", tries, command);
            } catch (TimeoutException e) {
                LOG.warn("Try {} to record {} was not answered in time", tries, command);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            pause();
        }
        LOG.error("Could not record {} in {} tries", command, tries);
    }

    private void pause() {
        try {
            Thread.sleep(recordPause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The same request again is the same command; two requests are two, and only one of them is granted. */
    private static CommandRequest request(String correlationId) {
        return request(UUID.randomUUID(), correlationId);
    }

    static CommandRequest request(UUID commandId, String correlationId) {
        return new CommandRequest(commandId, ACTOR, correlationId, null, null, Duration.ZERO, null);
    }

    @Override
    public void finish() throws InterruptedException {
        if (!free.tryAcquire(sendsAtOnceMax, FINISH_SECONDS, TimeUnit.SECONDS)) {
            LOG.warn("Stopped with sends under way");
        }
    }
}
