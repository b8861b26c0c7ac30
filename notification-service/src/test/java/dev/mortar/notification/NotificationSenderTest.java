package dev.mortar.notification;

import static dev.mortar.eventsourcing.testkit.DeciderScenario.NOON;
import static dev.mortar.notification.Examples.CUSTOMER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.CommandRequest;
import dev.mortar.eventsourcing.Decision;
import dev.mortar.eventsourcing.Recorded;
import dev.mortar.eventsourcing.kafka.KafkaUnavailable;
import dev.mortar.eventsourcing.kafka.Reply;
import dev.mortar.eventsourcing.pickupcode.PickupCode;
import dev.mortar.eventsourcing.security.OrderLinks;
import dev.mortar.eventsourcing.security.RotatedSecret;
import dev.mortar.notification.NotificationCommand.*;
import dev.mortar.notification.NotificationEvent.*;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.mail.javamail.JavaMailSenderImpl;

/** One or several senders with a real mail server, the real rules and a log in memory. */
class NotificationSenderTest {
    private static final RotatedSecret SECRET =
            RotatedSecret.of("pickup secret", "k1:0123456789abcdef0123456789abcdef");

    private static final String ID = "n-1";
    private static final Contact ADA = new Contact("Ada", "ada@example.org", null, "en-GB", true, null, Instant.EPOCH);

    private final GreenMail greenMail = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
    private final Map<String, Contact> contacts = new ConcurrentHashMap<>(Map.of(CUSTOMER, ADA));
    private final Log log = new Log();

    /** The log of one notification. It decides commands in order, as a partition does. */
    private static final class Log {
        private final NotificationDecider decider = new NotificationDecider();
        private final List<NotificationEvent> events = new ArrayList<>();
        private Notification state = decider.initialState();
        private Instant now = NOON;
        private Predicate<NotificationCommand> lost = command -> false;
        private int outcomesRefused;

        synchronized CompletableFuture<Reply> decide(NotificationCommand command) {
            if (lost.test(command)) {
                return new CompletableFuture<>();
            }
            if (command instanceof RecordSent && outcomesRefused > 0) {
                outcomesRefused--;
                return CompletableFuture.failedFuture(new KafkaUnavailable("away", null));
            }
            switch (decider.decide(state, command, now)) {
                case Decision.Accepted<NotificationEvent>(List<NotificationEvent> decided) -> {
                    for (NotificationEvent event : decided) {
                        state = decider.evolve(state, event);
                        events.add(event);
                    }
                    return CompletableFuture.completedFuture(new Reply(events.size(), false, state));
                }
                case Decision.Rejected<NotificationEvent>(var reason) -> {
                    return CompletableFuture.failedFuture(new IllegalStateException(reason.message()));
                }
            }
        }

        synchronized List<NotificationEvent> events() {
            return List.copyOf(events);
        }

        synchronized void at(Instant instant) {
            now = instant;
        }

        synchronized void refuseOutcomes(int times) {
            outcomesRefused = times;
        }

        synchronized void lose(Predicate<NotificationCommand> commands) {
            lost = commands;
        }
    }

    @BeforeEach
    void startMailServer() {
        greenMail.start();
    }

    @AfterEach
    void stopMailServer() {
        greenMail.stop();
    }

    @Test
    void sendsAMailAndRecordsIt() throws Exception {
        NotificationRequested requested = request();
        sender().on(recorded(requested));
        await().untilAsserted(() -> assertThat(log.events()).last().isEqualTo(new NotificationSent(ID, CUSTOMER, 1)));
        assertThat(greenMail.getReceivedMessages()).hasSize(1);
        assertThat(greenMail.getReceivedMessages()[0].getSubject()).isEqualTo("Your order is ready for pickup");
    }

    @Test
    void sendsOnceWhenSeveralSendersReadTheEventSeveralTimes() throws Exception {
        NotificationRequested requested = request();
        List<NotificationSender> senders = List.of(sender(), sender(), sender());
        for (int redelivery = 0; redelivery < 10; redelivery++) {
            for (NotificationSender sender : senders) {
                sender.on(recorded(requested));
            }
        }
        finish(senders);
        assertThat(greenMail.getReceivedMessages()).hasSize(1);
        assertThat(log.events()).last().isEqualTo(new NotificationSent(ID, CUSTOMER, 1));
    }

    @Test
    void recordsTheOutcomeAfterKafkaWasAway() throws Exception {
        NotificationRequested requested = request();
        log.refuseOutcomes(60);
        sender().on(recorded(requested));
        await().untilAsserted(() -> assertThat(log.events()).last().isEqualTo(new NotificationSent(ID, CUSTOMER, 1)));
        assertThat(greenMail.getReceivedMessages()).hasSize(1);
    }

    @Test
    void sendsOneMoreMailWhenASenderDiesBeforeItRecordsTheOutcome() throws Exception {
        NotificationRequested requested = request();
        log.lose(RecordSent.class::isInstance);
        sender().on(recorded(requested));
        await().until(() -> greenMail.getReceivedMessages().length == 1);

        Instant lapsed = NOON.plusSeconds(NotificationDecider.CLAIM_SECONDS);
        log.at(lapsed);
        log.decide(new CheckDue(ID));
        NotificationEvent due = log.events().getLast();
        assertThat(due).isEqualTo(new NotificationDue(ID, CUSTOMER, 2, lapsed));
        sender().on(recorded(requested));
        sender().on(recorded(due));
        await().until(() -> greenMail.getReceivedMessages().length == 2);
        assertThat(greenMail.getReceivedMessages()[1].getMessageID())
                .isEqualTo(greenMail.getReceivedMessages()[0].getMessageID());

        log.at(lapsed.plusSeconds(NotificationDecider.CLAIM_SECONDS));
        log.decide(new CheckDue(ID));
        assertThat(log.events())
                .last()
                .isEqualTo(new NotificationFailed(ID, CUSTOMER, 2, NotificationDecider.OUTCOME_UNKNOWN));
        List<NotificationSender> others = List.of(sender());
        for (NotificationEvent event : log.events()) {
            others.getFirst().on(recorded(event));
        }
        finish(others);
        assertThat(greenMail.getReceivedMessages()).hasSize(2);
    }

    @Test
    void aClaimWhoseReplyIsLostSendsNothing() throws Exception {
        NotificationRequested requested = request();
        log.decide(new ClaimSend(ID, 1));
        NotificationSender late = sender();
        late.on(recorded(requested));
        finish(List.of(late));
        assertThat(greenMail.getReceivedMessages()).isEmpty();
    }

    @Test
    void doesNotSendASupersededNotification() throws Exception {
        NotificationRequested requested = request();
        log.decide(new SupersedeNotification(ID));
        NotificationSender sender = sender();
        sender.on(recorded(requested));
        finish(List.of(sender));
        assertThat(greenMail.getReceivedMessages()).isEmpty();
    }

    @Test
    void suppressesWhenNoContactComesWithinAnHour() throws Exception {
        contacts.clear();
        NotificationRequested requested = request();
        NotificationSender early = sender();
        early.on(recorded(requested));
        finish(List.of(early));
        assertThat(log.events()).containsExactly(requested);

        log.at(NOON.plusSeconds(NotificationDecider.CONTACT_WAIT_SECONDS));
        sender().on(recorded(requested));
        await().untilAsserted(() -> assertThat(log.events())
                .last()
                .isEqualTo(new NotificationSuppressed(ID, CUSTOMER, SuppressionReason.NO_CONTACT)));
        assertThat(greenMail.getReceivedMessages()).isEmpty();
    }

    @Test
    void sendsWhenTheContactComesLater() throws Exception {
        contacts.clear();
        NotificationRequested requested = request();
        NotificationSender early = sender();
        early.on(recorded(requested));
        finish(List.of(early));

        contacts.put(CUSTOMER, ADA);
        log.at(NOON.plusSeconds(NotificationDecider.FIRST_DUE_AGAIN_SECONDS));
        log.decide(new CheckDue(ID));
        sender().on(recorded(log.events().getLast()));
        await().untilAsserted(() -> assertThat(log.events()).last().isEqualTo(new NotificationSent(ID, CUSTOMER, 1)));
        assertThat(greenMail.getReceivedMessages()).hasSize(1);
    }

    @Test
    void sendsNothingWithoutConsent() throws Exception {
        contacts.put(CUSTOMER, new Contact("Ada", "ada@example.org", null, "en-GB", false, null, Instant.EPOCH));
        NotificationRequested requested = request();
        sender().on(recorded(requested));
        await().untilAsserted(() -> assertThat(log.events())
                .last()
                .isEqualTo(new NotificationSuppressed(ID, CUSTOMER, SuppressionReason.NO_CONSENT)));
        assertThat(greenMail.getReceivedMessages()).isEmpty();
    }

    @Test
    void retriesWhenTheMailServerIsBack() throws Exception {
        int port = greenMail.getSmtp().getPort();
        greenMail.stop();
        NotificationRequested requested = request();
        sender(port).on(recorded(requested));
        Instant retryAt = NOON.plusSeconds(NotificationDecider.FIRST_RETRY_SECONDS);
        await().untilAsserted(() -> assertThat(log.events())
                .last()
                .isEqualTo(new NotificationEvent.NotificationAttemptFailed(ID, CUSTOMER, 1, "CONNECTION", retryAt)));
        greenMail.start();
        log.at(retryAt);
        log.decide(new CheckDue(ID));
        sender().on(recorded(log.events().getLast()));
        await().untilAsserted(() -> assertThat(log.events()).last().isEqualTo(new NotificationSent(ID, CUSTOMER, 2)));
        assertThat(greenMail.getReceivedMessages()).hasSize(1);
    }

    private NotificationRequested request() {
        log.decide(new RequestNotification(ID, Examples.ready()));
        return (NotificationRequested) log.events().getFirst();
    }

    private NotificationSender sender() {
        return sender(greenMail.getSmtp().getPort());
    }

    private NotificationSender sender(int port) {
        JavaMailSenderImpl settings = new JavaMailSenderImpl();
        settings.setHost("127.0.0.1");
        settings.setPort(port);
        return new NotificationSender(
                (NotificationCommand command, CommandRequest request) -> log.decide(command),
                contacts::get,
                id -> new Location("Laugavegur", ZoneId.of("Atlantic/Reykjavik")),
                new EmailTemplates(new PickupCode(SECRET), new OrderLinks(SECRET), ""),
                new MailServer(settings, "orders@shop.example"),
                4,
                Duration.ofMillis(1));
    }

    private static void finish(List<NotificationSender> senders) throws InterruptedException {
        for (NotificationSender sender : senders) {
            sender.finish();
        }
    }

    private static Recorded<NotificationEvent> recorded(NotificationEvent event) {
        UUID id = UUID.randomUUID();
        return new Recorded<>(
                event,
                id,
                "type",
                event.notificationId(),
                1,
                1,
                NOON,
                NOON,
                id,
                null,
                "correlation-1",
                Actor.system("test"),
                "notification.events",
                0,
                0,
                null);
    }
}
