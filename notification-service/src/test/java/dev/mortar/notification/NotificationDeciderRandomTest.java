package dev.mortar.notification;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.eventsourcing.Deadline;
import dev.mortar.eventsourcing.Decision;
import dev.mortar.notification.NotificationCommand.CheckDue;
import dev.mortar.notification.NotificationCommand.ClaimSend;
import dev.mortar.notification.NotificationCommand.RecordFailure;
import dev.mortar.notification.NotificationCommand.RecordSent;
import dev.mortar.notification.NotificationCommand.RepeatNotification;
import dev.mortar.notification.NotificationCommand.RequestNotification;
import dev.mortar.notification.NotificationCommand.SupersedeNotification;
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
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Attacks the rules with random commands at random times, including senders that crash. */
class NotificationDeciderRandomTest {

    private static final String ID = "n-1";
    private static final int RUNS = 2_000;
    private static final int COMMANDS_PER_RUN = 60;

    private final NotificationDecider decider = new NotificationDecider();

    @Test
    void keepsTheInvariantsUnderRandomCommands() {
        long seed = Long.getLong("mortar.seed", 1);
        Random random = new Random(seed);
        for (int run = 0; run < RUNS; run++) {
            List<NotificationEvent> history = new ArrayList<>();
            Notification state = decider.initialState();
            Instant now = Instant.parse("2026-06-01T12:00:00Z");
            for (int step = 0; step < COMMANDS_PER_RUN; step++) {
                now = now.plusSeconds(random.nextInt(random.nextBoolean() ? 5 : 4_000));
                NotificationCommand command = command(random);
                if (decider.decide(state, command, now) instanceof Decision.Accepted<NotificationEvent>(var events)) {
                    for (NotificationEvent event : events) {
                        state = decider.evolve(state, event);
                        history.add(event);
                    }
                }
                String context = "seed " + seed + ", run " + run + ", after " + command + ": " + history;
                assertInvariants(history, context);
                assertThat(fold(history)).as(context).isEqualTo(state);
                boolean open = state instanceof Notification.Pending || state instanceof Notification.Sending;
                assertThat(NotificationDecider.deadline(state) != null)
                        .as("an open notification has a deadline; " + context)
                        .isEqualTo(open);
            }
        }
    }

    @Test
    void everyNotificationEndsByItsDeadlinesAlone() {
        long seed = Long.getLong("mortar.seed", 1);
        Random random = new Random(seed);
        for (int run = 0; run < RUNS; run++) {
            Notification state = decider.initialState();
            Instant now = Instant.parse("2026-06-01T12:00:00Z");
            for (int step = 0; step < random.nextInt(1, 12); step++) {
                now = now.plusSeconds(random.nextInt(400));
                state = apply(state, command(random), now);
            }
            int timers = 0;
            Deadline<NotificationCommand> deadline = NotificationDecider.deadline(state);
            while (deadline != null) {
                now = deadline.at().isAfter(now) ? deadline.at() : now;
                state = apply(state, deadline.command(), now);
                deadline = NotificationDecider.deadline(state);
                assertThat(timers++)
                        .as("seed " + seed + ", run " + run + ": " + state)
                        .isLessThan(50);
            }
        }
    }

    private static NotificationCommand command(Random random) {
        int attempt = 1 + random.nextInt(4);
        return switch (random.nextInt(13)) {
            case 0, 1 -> new RequestNotification(ID, Examples.ready());
            case 2, 3, 4, 5 -> new ClaimSend(ID, attempt);
            case 6 -> new RecordSent(ID, attempt);
            case 7 -> new RecordFailure(ID, attempt, "SMTP 451", random.nextInt(20) == 0);
            case 8 -> new RecordFailure(ID, attempt, NotificationDecider.OUTCOME_UNKNOWN, false);
            case 9 -> random.nextInt(10) == 0 ? new SupersedeNotification(ID) : new CheckDue(ID);
            case 10 ->
                random.nextInt(10) == 0 ? new SuppressNotification(ID, SuppressionReason.NO_CONTACT) : new CheckDue(ID);
            case 11 -> new RepeatNotification(ID, "n-" + random.nextInt(2, 8));
            default -> new CheckDue(ID);
        };
    }

    private static void assertInvariants(List<NotificationEvent> history, String context) {
        int requested = 0;
        int granted = 0;
        int unknown = 0;
        int sent = 0;
        boolean over = false;
        boolean superseded = false;
        Set<String> repeats = new LinkedHashSet<>();
        for (NotificationEvent event : history) {
            switch (event) {
                case NotificationRequested e -> requested++;
                case NotificationDue e ->
                    assertThat(over).as("not due after the end; " + context).isFalse();
                case NotificationSending e -> {
                    granted++;
                    assertThat(over).as("no claim after the end; " + context).isFalse();
                    assertThat(e.attempt())
                            .as("each attempt is granted once; " + context)
                            .isEqualTo(granted);
                }
                case NotificationAttemptFailed e ->
                    unknown += e.cause().equals(NotificationDecider.OUTCOME_UNKNOWN) ? 1 : 0;
                case NotificationSent e -> {
                    sent++;
                    over = true;
                }
                case NotificationFailed e -> over = true;
                case NotificationSuppressed e -> over = true;
                case NotificationRepeated e -> {
                    assertThat(over)
                            .as("repeated only after the end; " + context)
                            .isTrue();
                    assertThat(superseded)
                            .as("not repeated when out of date; " + context)
                            .isFalse();
                    assertThat(repeats.add(e.repeatId()))
                            .as("each repeat once; " + context)
                            .isTrue();
                }
                case NotificationSuperseded e -> {
                    assertThat(superseded).as("superseded once; " + context).isFalse();
                    superseded = true;
                    assertThat(e.repeatIds()).as(context).containsExactlyElementsOf(repeats);
                }
            }
        }
        assertThat(repeats).as(context).hasSizeLessThanOrEqualTo(NotificationDecider.MAX_REPEATS);
        assertThat(requested).as(context).isLessThanOrEqualTo(1);
        assertThat(sent).as("sent once; " + context).isLessThanOrEqualTo(1);
        assertThat(unknown)
                .as("sent again for an unknown outcome at most once; " + context)
                .isLessThanOrEqualTo(1);
        assertThat(granted).as(context).isLessThanOrEqualTo(NotificationDecider.MAX_ATTEMPTS);
    }

    private Notification apply(Notification state, NotificationCommand command, Instant now) {
        Notification after = state;
        if (decider.decide(state, command, now) instanceof Decision.Accepted<NotificationEvent>(var events)) {
            for (NotificationEvent event : events) {
                after = decider.evolve(after, event);
            }
        }
        return after;
    }

    private Notification fold(List<NotificationEvent> history) {
        Notification state = decider.initialState();
        for (NotificationEvent event : history) {
            state = decider.evolve(state, event);
        }
        return state;
    }
}
