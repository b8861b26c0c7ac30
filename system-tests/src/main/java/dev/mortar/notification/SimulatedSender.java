package dev.mortar.notification;

import dev.mortar.eventsourcing.CommandRequest;
import dev.mortar.eventsourcing.Recorded;
import dev.mortar.eventsourcing.kafka.PlantedDefect;
import dev.mortar.eventsourcing.kafka.Reply;
import dev.mortar.eventsourcing.kafka.SimulatedEffects;
import dev.mortar.eventsourcing.kafka.SimulatedKafka;
import dev.mortar.eventsourcing.kafka.SimulatedService.Answered;
import dev.mortar.notification.MailServer.Outcome;
import dev.mortar.notification.NotificationCommand.ClaimSend;
import dev.mortar.notification.NotificationCommand.SuppressNotification;
import dev.mortar.notification.NotificationSender.Due;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * The notification sender in a simulation. The real sender decides about each step; here the steps lie apart, so that
 * the simulation can let it crash between any two of them. Mails are not rendered.
 */
public final class SimulatedSender {
    private static final int MS_PER_SECOND = 1_000;

    /** How the mail server answers. */
    public enum MailAnswer {
        TAKEN,
        TRY_LATER,
        REFUSED,
        LOST_BUT_TAKEN,
        LOST
    }

    /** Takes a command to the decider; the answer comes back under the token. */
    @FunctionalInterface
    public interface Commands {
        void send(Object command, CommandRequest request, String token);
    }

    /** A mail that the mail server took. */
    public record Mail(String notificationId, int attempt) {}

    private enum Phase {
        BEGUN,
        CLAIMING,
        GRANTED,
        RECORDING
    }

    private static final class Attempt {
        final Due due;
        final String correlationId;
        Phase phase = Phase.BEGUN;
        String token = "";
        long sentAtMs;
        long recordingSinceMs;
        private @Nullable NotificationCommand outcome;
        private @Nullable CommandRequest request;

        Attempt(Due due, String correlationId) {
            this.due = due;
            this.correlationId = correlationId;
        }
    }

    private final SimulatedKafka log;
    private final SimulatedEffects<NotificationEvent> events;
    private final Commands commands;
    private final Supplier<UUID> ids;
    private final Set<PlantedDefect> defects;
    private final Map<String, Contact> contacts = new LinkedHashMap<>();
    private final List<Attempt> attempts = new ArrayList<>();
    private final List<Mail> mails = new ArrayList<>();
    private final Supplier<MailAnswer> mailServer;

    /** A sender that has heard of nothing and knows nobody. */
    public SimulatedSender(
            SimulatedKafka log,
            Deserializer<SpecificRecord> deserializer,
            Commands commands,
            Supplier<MailAnswer> mailServer,
            Supplier<UUID> ids,
            Set<PlantedDefect> defects) {
        this.log = log;
        this.events = new SimulatedEffects<>(NotificationDefinition.definition(), log, deserializer);
        this.commands = commands;
        this.mailServer = mailServer;
        this.ids = ids;
        this.defects = defects;
    }

    /** Learns how a shopper can be reached. */
    public void contact(String customerId, boolean consent, Instant at) {
        contacts.put(customerId, new Contact(null, customerId + "@example.org", null, "en", consent, null, at));
    }

    public List<Mail> mails() {
        return mails;
    }

    public boolean hasWork() {
        return hears() >= 0 || attempts.stream().anyMatch(this::canGoOn);
    }

    /** True while an attempt waits for an answer, for seconds at most. */
    public boolean waits() {
        return !attempts.isEmpty();
    }

    private int hears() {
        return IntStream.range(0, log.partitions())
                .filter(events::hasNext)
                .findFirst()
                .orElse(-1);
    }

    private boolean canGoOn(Attempt attempt) {
        return switch (attempt.phase) {
            case BEGUN, GRANTED -> true;
            case CLAIMING -> isOver(attempt, NotificationSender.CLAIM_REPLY_SECONDS);
            case RECORDING -> isOver(attempt, NotificationSender.RECORD_REPLY_SECONDS);
        };
    }

    private boolean isOver(Attempt attempt, int seconds) {
        return log.nowMs() - attempt.sentAtMs >= (long) seconds * MS_PER_SECOND;
    }

    /** Hears of an event, or goes one step on with an attempt. */
    public void step(RandomGenerator random) {
        List<Attempt> ready = attempts.stream().filter(this::canGoOn).toList();
        int partition = hears();
        if (partition >= 0 && (ready.isEmpty() || random.nextBoolean())) {
            events.bring(partition, this::on);
            if (random.nextInt(4) == 0) {
                events.commit();
            }
        } else if (!ready.isEmpty()) {
            goOn(ready.get(random.nextInt(ready.size())));
        }
    }

    private void on(Recorded<NotificationEvent> recorded) {
        NotificationSender.due(recorded.event())
                .ifPresent(due -> attempts.add(new Attempt(due, recorded.correlationId())));
    }

    private void goOn(Attempt attempt) {
        switch (attempt.phase) {
            case BEGUN -> {
                SuppressionReason suppressed = NotificationSender.suppression(contacts.get(attempt.due.customerId()));
                if (suppressed != null) {
                    record(attempt, new SuppressNotification(attempt.due.notificationId(), suppressed));
                } else if (defects.contains(PlantedDefect.SEND_WITHOUT_CLAIM)) {
                    attempt.phase = Phase.GRANTED;
                } else {
                    attempt.phase = Phase.CLAIMING;
                    attempt.request = NotificationSender.request(ids.get(), attempt.correlationId);
                    send(attempt, new ClaimSend(attempt.due.notificationId(), attempt.due.attempt()));
                }
            }
            case CLAIMING -> attempts.remove(attempt);
            case GRANTED -> mail(attempt);
            case RECORDING -> {
                long recordingMs = log.nowMs() - attempt.recordingSinceMs;
                if (recordingMs >= (long) NotificationSender.RECORD_SECONDS * MS_PER_SECOND
                        || attempt.outcome == null) {
                    attempts.remove(attempt);
                } else {
                    send(attempt, attempt.outcome);
                }
            }
        }
    }

    private void mail(Attempt attempt) {
        // The shopper may have been erased, or have withdrawn consent, while the claim was decided.
        SuppressionReason suppressed = NotificationSender.suppression(contacts.get(attempt.due.customerId()));
        if (suppressed != null) {
            record(attempt, new SuppressNotification(attempt.due.notificationId(), suppressed));
            return;
        }
        MailAnswer answer = mailServer.get();
        Due due = attempt.due;
        if (answer == MailAnswer.TAKEN || answer == MailAnswer.LOST_BUT_TAKEN) {
            mails.add(new Mail(due.notificationId(), due.attempt()));
        }
        Outcome outcome = switch (answer) {
            case TAKEN -> new Outcome.Accepted();
            case TRY_LATER -> new Outcome.NotSent("SMTP 451", false);
            case REFUSED -> new Outcome.NotSent("SMTP 550", true);
            case LOST_BUT_TAKEN, LOST -> new Outcome.Unknown();
        };
        record(attempt, NotificationSender.outcome(due.notificationId(), due.attempt(), outcome));
    }

    private void record(Attempt attempt, NotificationCommand outcome) {
        attempt.phase = Phase.RECORDING;
        attempt.recordingSinceMs = log.nowMs();
        attempt.outcome = outcome;
        attempt.request = NotificationSender.request(ids.get(), attempt.correlationId);
        send(attempt, outcome);
    }

    private void send(Attempt attempt, NotificationCommand command) {
        attempt.token = "sender-" + ids.get();
        attempt.sentAtMs = log.nowMs();
        CommandRequest request = attempt.request;
        if (request != null) {
            commands.send(command, request, attempt.token);
        }
    }

    /** An answer of the decider, for an attempt that may be gone. */
    public void answered(Answered answer) {
        for (Attempt attempt : List.copyOf(attempts)) {
            if (attempt.token.equals(answer.token())) {
                Reply reply = answer.reply();
                if (attempt.phase == Phase.CLAIMING
                        && reply != null
                        && NotificationSender.granted(reply).isPresent()) {
                    attempt.phase = Phase.GRANTED;
                } else {
                    attempts.remove(attempt);
                }
            }
        }
    }

    /** Dies at this point, with all attempts under way. */
    public void crash() {
        if (defects.contains(PlantedDefect.SEND_AGAIN_AFTER_CRASH)) {
            attempts.removeIf(attempt -> attempt.phase != Phase.RECORDING);
            attempts.forEach(attempt -> attempt.phase = Phase.GRANTED);
        } else {
            attempts.clear();
        }
        events.crash();
    }

    /** Crashes, and hears of everything again. */
    public void reset() {
        events.reset();
        crash();
    }
}
