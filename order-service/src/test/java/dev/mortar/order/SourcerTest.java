package dev.mortar.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.CommandRequest;
import dev.mortar.eventsourcing.Recorded;
import dev.mortar.eventsourcing.kafka.CommandRejected;
import dev.mortar.eventsourcing.kafka.KafkaUnavailable;
import dev.mortar.eventsourcing.kafka.Reply;
import dev.mortar.order.OrderCommand.DecideSourcing;
import dev.mortar.order.OrderEvent.SourcingRequested;
import dev.mortar.order.Sourcing.Verdict;
import dev.mortar.values.EndReason;
import dev.mortar.values.FulfilmentMethod;
import dev.mortar.values.LinePart;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class SourcerTest {

    private static final LinePart MUGS = new LinePart("1", "mug", 2, 0);
    private static final SourcingRules OF_SHOP = new SourcingRules("shop", 3, 100_000, 2_880, List.of());

    private final SourcingFigures figures =
            new SourcingFigures().location("a", 0.1).location("b", 0.2);
    private final SourcingCopy copy = figures.copy();
    private final List<DecideSourcing> sent = new ArrayList<>();
    private final List<CommandRequest> requests = new ArrayList<>();
    private CompletableFuture<Reply> reply = CompletableFuture.completedFuture(new Reply(2, false, "order"));
    private final Sourcer sourcer = new Sourcer(
            (command, request) -> {
                sent.add(command);
                requests.add(request);
                return reply;
            },
            copy,
            () -> List.of(OF_SHOP),
            Clock.fixed(SourcingFigures.NOW, ZoneOffset.UTC));

    private static Recorded<OrderEvent> recorded(OrderEvent event) {
        return new Recorded<>(
                event,
                new UUID(7, 7),
                "type",
                event.orderId(),
                2,
                2,
                SourcingFigures.NOW,
                SourcingFigures.NOW,
                new UUID(8, 8),
                null,
                "correlation-1",
                Actor.system("test"),
                "order.events",
                0,
                0,
                null);
    }

    private static SourcingRequested run(String orderId, List<String> excluded) {
        return run(orderId, excluded, SourcingFigures.NOW.plusSeconds(60));
    }

    private static SourcingRequested run(String orderId, List<String> excluded, Instant decideBy) {
        return new SourcingRequested(
                orderId,
                SourcingRun.id(orderId, 1),
                1,
                orderId.equals("in-shop") ? "shop" : null,
                SourcingRun.Trigger.PLACED,
                FulfilmentMethod.PICKUP,
                List.of(MUGS),
                null,
                false,
                SourcingFigures.CELL,
                null,
                excluded,
                null,
                2,
                true,
                decideBy,
                EndReason.OUT_OF_STOCK,
                null,
                null);
    }

    private CompletableFuture<?> take(Recorded<OrderEvent> event) {
        return sourcer.on(event);
    }

    @Test
    void answersARunWithAPlan() {
        figures.level(copy, "a", "mug", 20, 7).level(copy, "b", "mug", 20, 8);

        take(recorded(run("o", List.of("a"))));

        DecideSourcing answer = sent.getFirst();
        assertThat(answer.runId()).isEqualTo("o-r1");
        assertThat(answer.shares()).containsExactly(new DecideSourcing.Share("b", List.of(MUGS)));
        assertThat(answer.rulesId()).isEqualTo("default");
        assertThat(answer.rulesRevision()).isZero();
        assertThat(answer.copyAsOf()).isEqualTo(SourcingFigures.AS_OF);
        assertThat(answer.candidates())
                .extracting(SourcingCandidate::locationId, SourcingCandidate::verdict)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("b", Verdict.CHOSEN),
                        org.assertj.core.groups.Tuple.tuple("a", Verdict.FENCED));
        assertThat(requests.getFirst().causationId()).isEqualTo(new UUID(7, 7));
        assertThat(requests.getFirst().correlationId()).isEqualTo("correlation-1");
    }

    @Test
    void followsTheRulesOfTheChannel() {
        figures.level(copy, "a", "mug", 20, 7);
        take(recorded(run("in-shop", List.of())));
        assertThat(sent).extracting(DecideSourcing::rulesRevision).containsExactly(3);
        assertThat(sent).extracting(DecideSourcing::score).containsExactly(0L);
    }

    @Test
    void saysThatNobodyHasTheUnitsFromACopyThatWasReadToItsEnd() {
        take(recorded(run("o", List.of())));
        assertThat(sent.getFirst().shares()).isEmpty();
        assertThat(sent.getFirst().copyAsOf()).isEqualTo(SourcingFigures.END);
    }

    @Test
    void leavesTheRunOpenIfTheEndCannotBeRead() {
        figures.atEnd(() -> {
            throw new KafkaUnavailable("away", null);
        });
        assertThatThrownBy(() -> take(recorded(run("o", List.of())))).isInstanceOf(KafkaUnavailable.class);
        assertThat(sent).isEmpty();
    }

    @Test
    void failsIfThePlanIsNotAcknowledgedSoThatTheEventComesAgain() {
        figures.level(copy, "a", "mug", 20, 7);
        reply = CompletableFuture.failedFuture(new KafkaUnavailable("away", null));
        assertThat(take(recorded(run("o", List.of()))))
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCauseInstanceOf(KafkaUnavailable.class);

        reply = CompletableFuture.completedFuture(new Reply(2, false, "order"));
        take(recorded(run("o", List.of())));
        assertThat(sent).hasSize(2);
        assertThat(requests.getFirst().commandId())
                .as("each try is a command of its own, because its figures may differ")
                .isNotEqualTo(requests.getLast().commandId());
    }

    @Test
    void answersTheNextRunBeforeTheFirstPlanIsInTheLog() {
        figures.level(copy, "a", "mug", 20, 7);
        reply = new CompletableFuture<>();
        CompletableFuture<?> first = take(recorded(run("o", List.of())));
        take(recorded(run("p", List.of())));
        assertThat(sent).extracting(DecideSourcing::orderId).containsExactly("o", "p");
        assertThat(first).isNotDone();

        reply.complete(new Reply(2, false, "order"));
        assertThat(first).isCompleted();
    }

    @Test
    void isDoneIfTheDeciderRefusesThePlan() {
        figures.level(copy, "a", "mug", 20, 7);
        reply = CompletableFuture.failedFuture(new CommandRejected(new OrderRejection.UnknownOrder("o")));
        assertThat(take(recorded(run("o", List.of())))).isCompleted();
        assertThat(sent).hasSize(1);
    }

    @Test
    void doesNotAnswerARunWhoseTimeLimitHasPassed() {
        figures.level(copy, "a", "mug", 20, 7);
        take(recorded(run("o", List.of(), SourcingFigures.NOW)));
        assertThat(sent).isEmpty();
    }

    @Test
    void ignoresOtherEvents() {
        take(recorded(new OrderEvent.OrderCompleted("o", null, List.of(), List.of())));
        assertThat(sent).isEmpty();
    }
}
