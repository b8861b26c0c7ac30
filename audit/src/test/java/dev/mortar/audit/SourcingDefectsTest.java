package dev.mortar.audit;

import static dev.mortar.audit.Invariant.*;
import static dev.mortar.audit.PlantedDefectsTest.defect;

import dev.mortar.audit.PlantedDefectsTest.Defect;
import dev.mortar.schemas.FulfilmentMethod;
import dev.mortar.schemas.LinePart;
import dev.mortar.schemas.inventory.ReleaseReason;
import dev.mortar.schemas.notification.Template;
import dev.mortar.schemas.order.*;
import dev.mortar.schemas.pickup.PickupTaskRejected;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Defects of orders that look for locations. */
class SourcingDefectsTest {

    static Stream<Defect> defects() {
        return Stream.of(
                // One place.
                defect("a run takes units from the middle", UNIT_ONE_PLACE)
                        .change("SourcingRequested", "s2-r1", "parts.0.firstUnit", 1L),
                defect("a unit is added twice", UNIT_ONE_PLACE)
                        .change("FulfilmentAdded", 1, "fulfilment.parts.0.firstUnit", 1L),
                defect("units are forgotten in a run", UNIT_ONE_PLACE).by(t -> {
                    t.meta("SourcingDecided", "s6-r1", "count", 1);
                    t.remove("OrderLinesCancelled", "s6-r1");
                }),
                defect("a part without a location begins no run", UNIT_ONE_PLACE)
                        .by(t -> {
                            t.log.events().removeIf(event -> "s1-r1".equals(event.field("runId")));
                            t.meta("OrderPlaced", "s1", "count", 1);
                            t.renumber();
                        }),
                defect("a second run looks for the same units", UNIT_ONE_PLACE).by(t -> {
                    var order = Stories.order("s9b", FulfilmentMethod.PICKUP, "A", 1);
                    t.log.ordered(order);
                    for (int number = 1; number <= 2; number++) {
                        var rejected = t.log.write(null, order.facts().event(PickupTaskRejected.class));
                        var first = (SourcingRequested)
                                t.event("SourcingRequested", "s3-r1").event();
                        t.log.write(
                                rejected,
                                SourcingRequested.newBuilder(first)
                                        .setOrderId("s9b")
                                        .setRunId("s9b-r" + number)
                                        .setReplaces("s9b-1")
                                        .setParts(List.of(new LinePart("1", "A", 1L, 0L)))
                                        .build());
                    }
                }),
                defect("the units of a confirmed fulfilment have another price", ORDER_SHARES)
                        .change("FulfilmentConfirmed", "s3-r1", "lines.0.discount.amount", 1L),
                defect("an added fulfilment is confirmed elsewhere", ORDER_CONFIRMED_AS_PLACED)
                        .change("FulfilmentConfirmed", "s3-r1", "fulfilment.locationId", Stories.OSLO),
                // One winner.
                defect("a fulfilment is confirmed by another request", MOVE_ONE_WINNER)
                        .change("FulfilmentConfirmed", "s3-r1", "cancellationId", "another"),
                defect("a fulfilment is withdrawn after it is confirmed", MOVE_ONE_WINNER)
                        .by(t -> {
                            var confirmed = (FulfilmentConfirmed)
                                    t.event("FulfilmentConfirmed", "s3-r1").event();
                            t.log.write(
                                    null,
                                    new FulfilmentWithdrawn(
                                            null,
                                            "s3",
                                            "s3-r1",
                                            confirmed.getFulfilment(),
                                            WithdrawalReason.OLD_PLACE_KEPT));
                        }),
                defect("a fulfilment is withdrawn although its old place let go", MOVE_ONE_WINNER)
                        .by(t -> {
                            var confirmed = t.event("FulfilmentConfirmed", "s3-r1");
                            var fulfilment = ((FulfilmentConfirmed) confirmed.event()).getFulfilment();
                            var cause = t.event("PickupCancelled", "s3-1");
                            t.log.events()
                                    .removeIf(event -> Objects.equals(
                                            event.meta().getCausationId(),
                                            confirmed.meta().getEventId()));
                            t.remove("FulfilmentConfirmed", "s3-r1");
                            t.log.write(
                                    cause,
                                    new FulfilmentWithdrawn(
                                            null, "s3", "s3-r1", fulfilment, WithdrawalReason.OLD_PLACE_KEPT));
                            t.renumber();
                        }),
                // Reserved before.
                defect("an old place is asked before the new one has the units", RESERVED_BEFORE_LET_GO)
                        .change("FulfilmentReserved", "s3-2", "fulfilmentId", "s3-1"),
                defect("an old place is asked for no run", RESERVED_BEFORE_LET_GO)
                        .change("OrderCancellationRequested", "s3-1-s3-r1", "cancellationId", "s3-1-s3-r2"),
                defect("a rejected task is kept if it is ready", RESERVED_BEFORE_LET_GO)
                        .change("OrderCancellationRequested", "s3-1-s3-r1", "unlessReady", true),
                defect("ready goods are kept although nobody asked for that", PICKUP_ENDS_ONCE)
                        .change("OrderCancellationRequested", "s4-1-s4-r1", "unlessReady", false),
                // Bounded.
                defect("a run is a fifth attempt", SOURCING_BOUNDED).change("SourcingRequested", "s2-r2", "attempt", 5),
                defect("a run has the id of another", SOURCING_BOUNDED)
                        .change("SourcingRequested", "s2-r2", "runId", "s2-r1"),
                defect("a location is tried again", SOURCING_BOUNDED)
                        .change("SourcingRequested", "s2-r2", "excluded", List.of(Stories.OSLO)),
                defect("an excluded location is chosen", SOURCING_BOUNDED)
                        .change("SourcingRequested", "s2-r1", "excluded", List.of(Stories.OSLO, Stories.RIGA)),
                defect("more locations are chosen than the shopper accepts", SOURCING_BOUNDED)
                        .change("SourcingRequested", "s1-r1", "splitMax", 1),
                defect("units move although the shopper chose the store", SOURCING_BOUNDED)
                        .change("OrderConfirmed", "s3", "fulfilments.0.mayMove", false),
                defect("a run is decided twice", SOURCING_BOUNDED).by(t -> t.again("SourcingDecided", "s3-r1")),
                defect("a run is decided that nobody began", SOURCING_BOUNDED)
                        .change("SourcingDecided", "s3-r1", "runId", "s3-r9"),
                defect("a run goes on for ever", SOURCING_BOUNDED).by(t -> {
                    SourcingStories.placed(t.log, "s90", "A", 1);
                    t.log.now = t.log.now.plus(Duration.ofHours(1));
                }),
                // The trace.
                defect("a stock figure is off by one", SOURCING_TRACE_TRUE)
                        .change("SourcingDecided", "s1-r1", "candidates.0.stock.0.available", 3L),
                defect("a stock figure is of an earlier event", SOURCING_TRACE_TRUE)
                        .change("SourcingDecided", "s1-r1", "candidates.0.stock.0.sequence", 1L),
                defect("a stock figure is of no event", SOURCING_TRACE_TRUE)
                        .change("SourcingDecided", "s1-r1", "candidates.0.stock.0.sequence", 9_999L),
                defect("a location without stock passes", SOURCING_TRACE_TRUE)
                        .change("SourcingDecided", "s1-r1", "candidates.2.failed", null),
                defect("a location is said to be excluded", SOURCING_TRACE_TRUE)
                        .change("SourcingDecided", "s1-r1", "candidates.2.failed", SourcingFence.EXCLUDED),
                defect("a location is chosen that did not pass", SOURCING_TRACE_TRUE)
                        .change("SourcingDecided", "s1-r1", "candidates.0.failed", SourcingFence.DISTANCE),
                defect("units are added elsewhere than chosen", SOURCING_TRACE_TRUE)
                        .change("FulfilmentAdded", "s3-r1", "fulfilment.locationId", SourcingStories.BERGEN),
                defect("nothing is added for a chosen location", SOURCING_TRACE_TRUE)
                        .change("SourcingDecided", "s1-r1", "candidates.2.verdict", SourcingVerdict.CHOSEN),
                defect("no location is found on old figures", SOURCING_FRESH)
                        .change("SourcingDecided", "s5-r1", "copyAsOf", Instant.EPOCH),
                defect("no location is found without a look", SOURCING_FRESH)
                        .change("SourcingDecided", "s6-r1", "copyAsOf", null),
                // The promises of all orders.
                defect("an added fulfilment is not asked for", NOTHING_OWED).by(t -> {
                    SourcingStories.placed(t.log, "s91", "A", 1);
                    var first = (FulfilmentAdded)
                            t.event("FulfilmentAdded", "s3-r1").event();
                    var copy = FulfilmentAdded.newBuilder(first)
                            .setOrderId("s91")
                            .setRunId("s91-r1")
                            .setDecideBy(t.log.now.plus(Duration.ofHours(1)));
                    t.log.write(t.log.events().getLast(), copy.build());
                }),
                defect("an added fulfilment is confirmed without a reservation", CONFIRMED_IF_RESERVED)
                        .change("StockReserved", "s2-3", "fulfilmentId", "s99-1"),
                defect("another time is picked for than confirmed", PICKUP_FOLLOWS_ORDER)
                        .by(t -> t.change("FulfilmentConfirmed", "s3-r1", "fulfilment.promisedAt", t.log.now)),
                defect("a run goes to another destination", ORDER_WELL_FORMED)
                        .change("SourcingRequested", "s3-r1", "destinationId", "elsewhere"),
                defect("an added fulfilment goes to another destination", ORDER_WELL_FORMED)
                        .change("FulfilmentAdded", "s3-r1", "fulfilment.destinationId", "elsewhere"),
                defect("goods are picked for another destination", PICKUP_FOLLOWS_ORDER)
                        .change("PickupRequested", "s3-1", "destinationId", "elsewhere"),
                defect("a shopper does not hear that units moved", NOTHING_OWED).by(t -> {
                    var id = t.event("NotificationRequested", Template.FULFILMENT_MOVED)
                            .key();
                    t.remove("NotificationSent", id);
                    t.remove("NotificationSending", id);
                    t.remove("NotificationRequested", id);
                }),
                defect("a withdrawn reservation stays", NOTHING_OWED)
                        .remove("StockReleased", ReleaseReason.FULFILMENT_WITHDRAWN),
                defect("other units are looked for than are missing", ENDS_REPORTED)
                        .change("SourcingRequested", "s2-r1", "parts.0.quantity", 2L),
                defect("a rejected order with an open run", ORDER_REFUSED_FOR_A_REASON)
                        .change("SourcingDecided", "s5-r1", "outcome", SourcingOutcome.NOT_NEEDED));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("defects")
    void isCaught(Defect defect) {
        defect.isCaught();
    }
}
