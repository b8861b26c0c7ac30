package dev.mortar.notification;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.eventsourcing.Deadline;
import dev.mortar.eventsourcing.Decision;
import dev.mortar.eventsourcing.testkit.RandomCommands;
import dev.mortar.eventsourcing.testkit.RandomCommands.Run;
import dev.mortar.eventsourcing.testkit.RandomCommands.Step;
import dev.mortar.notification.NotificationCommand.*;
import dev.mortar.notification.NotificationEvent.*;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Attacks the rules with random commands at random times, including senders that crash. */
class NotificationRandomCommandsTest {

    private static final String ID = "n-1";
    private static final int RUNS = 2_000;

    private final NotificationDecider decider = new NotificationDecider();

    @Test
    void keepsTheInvariantsUnderRandomCommands() {
        Set<Class<?>> events = new RandomCommands<>(decider, RUNS, 60).hold(Attack::new);
        assertThat(events).containsExactlyInAnyOrder(NotificationEvent.class.getPermittedSubclasses());
    }

    private record Attack(Random random) implements Run<NotificationCommand, Notification, NotificationEvent> {
        @Override
        public Duration pause() {
            return Duration.ofSeconds(random.nextInt(random.nextBoolean() ? 5 : 4_000));
        }

        @Override
        public NotificationCommand next(Notification state, Instant now) {
            return command(random);
        }

        @Override
        public void check(Step<NotificationCommand, Notification, NotificationEvent> step) {
            assertInvariants(step.history());
            boolean open = step.after() instanceof Notification.Pending || step.after() instanceof Notification.Sending;
            assertThat(NotificationDecider.deadline(step.after()) != null)
                    .as("an open notification has a deadline; %s", step.history())
                    .isEqualTo(open);
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

    private static void assertInvariants(List<NotificationEvent> history) {
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
                    assertThat(over).as("not due after the end; %s", history).isFalse();
                case NotificationSending e -> {
                    granted++;
                    assertThat(over).as("no claim after the end; %s", history).isFalse();
                    assertThat(e.attempt())
                            .as("each attempt is granted once; %s", history)
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
                            .as("repeated only after the end; %s", history)
                            .isTrue();
                    assertThat(superseded)
                            .as("not repeated when out of date; %s", history)
                            .isFalse();
                    assertThat(repeats.add(e.repeatId()))
                            .as("each repeat once; %s", history)
                            .isTrue();
                }
                case NotificationSuperseded e -> {
                    assertThat(superseded).as("superseded once; %s", history).isFalse();
                    superseded = true;
                    assertThat(e.repeatIds()).as("%s", history).containsExactlyElementsOf(repeats);
                }
            }
        }
        assertThat(repeats).as("%s", history).hasSizeLessThanOrEqualTo(NotificationDecider.MAX_REPEATS);
        assertThat(requested).as("%s", history).isLessThanOrEqualTo(1);
        assertThat(sent).as("sent once; %s", history).isLessThanOrEqualTo(1);
        assertThat(unknown)
                .as("sent again for an unknown outcome at most once; %s", history)
                .isLessThanOrEqualTo(1);
        assertThat(granted).as("%s", history).isLessThanOrEqualTo(NotificationDecider.MAX_ATTEMPTS);
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
}
