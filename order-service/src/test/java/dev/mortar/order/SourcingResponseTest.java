package dev.mortar.order;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.Recorded;
import dev.mortar.order.OrderEvent.FulfilmentAdded;
import dev.mortar.order.OrderEvent.OrderCompleted;
import dev.mortar.order.OrderEvent.SourcingDecided;
import dev.mortar.order.OrderEvent.SourcingRequested;
import dev.mortar.order.Sourcing.Verdict;
import dev.mortar.order.SourcingResponse.Run;
import dev.mortar.values.Channel;
import dev.mortar.values.EndReason;
import dev.mortar.values.FulfilmentMethod;
import dev.mortar.values.LinePart;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SourcingResponseTest {

    private static final Instant NOON = Instant.parse("2026-06-01T12:00:00Z");
    private static final LinePart MUGS = new LinePart("1", "mug", 2, 0);
    private static final Fulfilment ADDED = new Fulfilment(
            "o-1", FulfilmentMethod.PICKUP, "a", List.of("1"), null, null, List.of(MUGS), null, null, true, null);

    private static Stream<Recorded<OrderEvent>> history(OrderEvent... events) {
        return IntStream.range(0, events.length)
                .mapToObj(i -> new Recorded<>(
                        events[i],
                        new UUID(0, i),
                        "type",
                        "o",
                        i + 1,
                        i + 1,
                        NOON.plusSeconds(i),
                        NOON.plusSeconds(i),
                        new UUID(1, i),
                        null,
                        "c",
                        Actor.system("test"),
                        "order.events",
                        0,
                        i,
                        null));
    }

    private static SourcingRequested requested(int number) {
        return new SourcingRequested(
                "o",
                SourcingRun.id("o", number),
                number,
                null,
                SourcingRun.Trigger.PLACED,
                FulfilmentMethod.PICKUP,
                List.of(MUGS),
                null,
                false,
                SourcingFigures.CELL,
                null,
                List.of(),
                null,
                2,
                true,
                NOON.plusSeconds(60),
                EndReason.OUT_OF_STOCK,
                null,
                null);
    }

    private static SourcingCandidate candidate(String locationId, Verdict verdict) {
        return new SourcingCandidate(locationId, 100, List.of(), null, NOON, null, List.of(), 0, verdict);
    }

    private static SourcingDecided decided(SourcingCandidate... candidates) {
        return new SourcingDecided(
                "o", "o-r1", SourcingRun.Outcome.PLANNED, "default", 0, NOON, List.of(candidates), List.of(), 0);
    }

    private static Stream<Recorded<OrderEvent>> twoRuns() {
        return history(
                requested(1),
                decided(candidate("a", Verdict.CHOSEN), candidate("b", Verdict.OUTRANKED)),
                new FulfilmentAdded("o", "o-r1", Channel.ONLINE, ADDED, List.of(), null, NOON.plusSeconds(60)),
                requested(2),
                new OrderCompleted("o", null, List.of(), List.of()));
    }

    @Test
    void showsTheNewestRunFirst() {
        SourcingDecided outcome = decided(candidate("a", Verdict.CHOSEN), candidate("b", Verdict.OUTRANKED));
        assertThat(SourcingResponse.of("o", twoRuns(), true).runs())
                .containsExactly(
                        new Run(requested(2), NOON.plusSeconds(3), null, null, List.of()),
                        new Run(requested(1), NOON, outcome, NOON.plusSeconds(1), List.of(ADDED)));
    }

    @Test
    void showsOnlyTheChosenLocationsToCallersFromOutside() {
        assertThat(SourcingResponse.of("o", twoRuns(), false).runs().getLast().decision())
                .isEqualTo(decided(candidate("a", Verdict.CHOSEN)));
    }
}
