package dev.mortar.audit;

import static dev.mortar.audit.Invariant.*;
import static dev.mortar.audit.PlantedDefectsTest.defect;
import static dev.mortar.audit.SyntheticLog.money;
import static dev.mortar.audit.SyntheticLog.pick;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.audit.PlantedDefectsTest.Defect;
import dev.mortar.schemas.Actor;
import dev.mortar.schemas.ActorType;
import dev.mortar.schemas.FulfilmentMethod;
import dev.mortar.schemas.notification.Template;
import dev.mortar.schemas.order.FulfilmentLost;
import dev.mortar.schemas.pickup.ParcelLossReason;
import dev.mortar.schemas.pickup.ParcelLost;
import dev.mortar.schemas.returns.Disposition;
import dev.mortar.schemas.returns.ReturnReason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Defects of parcels: packed, taken, ended, and reported to the order and the returns. */
class ParcelDefectsTest {
    private static final Actor IN_RIGA = new Actor(ActorType.ASSOCIATE, "a7", Stories.RIGA, null);

    static Stream<Defect> defects() {
        return Stream.of(
                // Packed and taken.
                defect("more is packed than is ready", PARCEL_ENDS_ONCE)
                        .change("ParcelPacked", 0, "lines.0.quantity", 4L),
                defect("two parcels have one id", PARCEL_ENDS_ONCE).change("ParcelPacked", 1, "parcelId", "a"),
                defect("a parcel is packed before the goods are ready", PICKUP_TRANSITIONS)
                        .by(t -> {
                            var order = Stories.order("p9", FulfilmentMethod.DELIVERY, "P", 1);
                            t.log.ordered(order);
                            ParcelStories.pack(t.log, order, ParcelStories.parcel("a", 1));
                        }),
                defect("a unit leaves in no parcel", PARCEL_ENDS_ONCE)
                        .change("PickupHandedOver", "p1-1", "parcels", List.of(ParcelStories.parcel("a", 2))),
                defect("a unit leaves in two parcels", PARCEL_ENDS_ONCE)
                        .change("PickupHandedOver", "p2-1", "parcels.1.lines", List.of(pick("1", "P", 2))),
                defect("a courier's parcels have one id", PARCEL_ENDS_ONCE)
                        .change("PickupHandedOver", "p2-1", "parcels.1.parcelId", "a"),
                defect("a shopper takes a parcel", PARCEL_ENDS_ONCE)
                        .change("PickupHandedOver", "o8-1", "parcels", List.of(ParcelStories.parcel("a", 2))),
                defect("a packed parcel leaves as another one", PARCEL_ENDS_ONCE)
                        .change("PickupHandedOver", "p1-1", "parcels.0.carrierId", "carrier-2"),
                defect("a void parcel leaves", PARCEL_ENDS_ONCE).by(t -> {
                    t.log.events().remove(t.find("ParcelPacked", -1));
                    t.renumber();
                    t.change("PickupHandedOver", "p3-1", "parcels.0.lines.0.quantity", 2L);
                }),
                // One end.
                defect("a parcel is delivered twice", PARCEL_ENDS_ONCE).again("ParcelDelivered", 0),
                defect("a delivered parcel is lost", PARCEL_ENDS_ONCE).by(t -> {
                    var order = Stories.order("p1", FulfilmentMethod.DELIVERY, "P", 3);
                    var facts = order.facts()
                            .with("parcelId", "a")
                            .with("reason", ParcelLossReason.CARRIER_SAYS)
                            .with("lines", order.picks(2));
                    t.log.write(null, facts.event(ParcelLost.class));
                }),
                defect("a parcel is delivered that never left", PARCEL_ENDS_ONCE)
                        .change("ParcelDelivered", 0, "parcelId", "c"),
                defect("a parcel is delivered with other units", PARCEL_ENDS_ONCE)
                        .change("ParcelDelivered", 0, "lines.0.quantity", 1L),
                defect("more comes back than was in the parcel", PARCEL_ENDS_ONCE)
                        .change("ParcelReturned", 0, "lines.0.quantity", 2L),
                defect("less is lost than was in the parcel", PARCEL_ENDS_ONCE)
                        .change("ParcelLost", "a", "lines.0.quantity", 1L),
                defect("an attempt is left out", PARCEL_ENDS_ONCE).change("DeliveryAttemptFailed", 0, "attempt", 2),
                defect("a parcel is given up before its time", PARCEL_ENDS_ONCE)
                        .change("ParcelLost", 0, "reason", ParcelLossReason.NO_NEWS),
                defect("a parcel is found that was not lost", PARCEL_ENDS_ONCE)
                        .change("ParcelFound", 0, "parcelId", "c"),
                defect("a parcel is found twice", PARCEL_ENDS_ONCE).again("ParcelFound", 0),
                defect("a parcel goes to another shopper", REPEATS_FIRST)
                        .change("ParcelDelivered", 0, "customerId", "customer-o99"),
                defect("a parcel has no end", PARCEL_ENDS_ONCE)
                        .by(t -> t.log.now = t.log.now.plus(Duration.ofDays(31))),
                // The order and the returns.
                defect("an order does not hear of a delivery", NOTHING_OWED).by(t -> {
                    t.remove("ReturnWindowMoved", 0);
                    t.remove("FulfilmentDelivered", 0);
                }),
                defect("an order hears twice of a loss", PARCEL_REPORTED).again("FulfilmentLost", 0),
                defect("an order hears of another parcel", PARCEL_REPORTED)
                        .change("FulfilmentDelivered", 0, "parcelId", "b"),
                defect("an order hears of other units", PARCEL_REPORTED)
                        .change("FulfilmentDelivered", 0, "lines.0.quantity", 1L),
                defect("an order hears of another time", REPEATS_CAUSE)
                        .change("FulfilmentDelivered", 0, "deliveredAt", Instant.EPOCH),
                defect("a parcel ends in another store", RIGHTS_OWN_STORE)
                        .change("ParcelDelivered", 0, "meta.actor", IN_RIGA),
                defect("an order hears that other goods came back", PARCEL_REPORTED)
                        .change("FulfilmentUndelivered", 0, "lines.0.sku", "A"),
                defect("an order does not hear of a loss", NOTHING_OWED).by(t -> {
                    t.remove("PurchaseLost", 0);
                    mailLost(t, Template.PARCEL_LOST);
                    t.remove("FulfilmentLost", 0);
                }),
                defect("an order loses less than the parcel had", PARCEL_REPORTED)
                        .change("FulfilmentLost", 1, "lines.0.quantity", 1L),
                defect("an order loses what came back", ORDER_LINES_ADD_UP).by(t -> {
                    var lost = t.event("ParcelLost", -1);
                    var first = (FulfilmentLost) t.event("FulfilmentLost", 0).event();
                    t.log.write(
                            lost,
                            FulfilmentLost.newBuilder(first)
                                    .setOrderId("p5")
                                    .setFulfilmentId("p5-1")
                                    .build());
                }),
                defect("a shopper gets a cent too little for lost goods", PARCEL_REPORTED)
                        .change("FulfilmentLost", 0, "amount", money(1_022)),
                defect("the first units are lost instead of the last", PARCEL_REPORTED)
                        .by(t -> {
                            t.change("FulfilmentLost", 0, "lines.0.tax.amount", 34L);
                            t.change("FulfilmentLost", 0, "amount", money(1_024));
                        }),
                defect("lost goods are paid back to another payment", PARCEL_REPORTED)
                        .change("FulfilmentLost", 0, "paymentReference", "another"),
                defect("the return of a parcel is not accepted", NOTHING_OWED).by(t -> {
                    var id = t.event("ReturnAccepted", "parcel-b").meta().getEventId();
                    t.log.events().removeIf(event -> id.equals(event.meta().getCausationId()));
                    t.log.events().removeIf(event -> "parcel-b".equals(event.field("returnId")));
                    t.renumber();
                }),
                defect("a parcel comes back for another reason", PARCEL_REPORTED)
                        .change("ReturnAccepted", "parcel-b", "lines.0.reason", ReturnReason.CHANGED_MIND),
                defect("a parcel comes back to another store", PARCEL_REPORTED)
                        .change("FulfilmentUndelivered", 0, "returnedTo", Stories.OSLO),
                defect("the returns do not hear of a loss", NOTHING_OWED).remove("PurchaseLost", 0),
                defect("the returns lose less than the order", PARCEL_REPORTED)
                        .change("PurchaseLost", 1, "lines.0.quantity", 1L),
                defect("more is lost than was handed over", RETURN_WITHIN_PURCHASE)
                        .change("PurchaseLost", 1, "lines.0.quantity", 3L),
                defect("lost goods come back", RETURN_WITHIN_PURCHASE)
                        .by(t -> t.log.bringBack("p2", "customer-p2", "r-p2", "P", 1, 1_023, Disposition.RESTOCK)),
                defect("the return window does not move with the delivery", NOTHING_OWED)
                        .remove("ReturnWindowMoved", 0),
                defect("the return window becomes shorter", RETURN_IN_WINDOW)
                        .change("ReturnWindowMoved", 0, "returnableUntil", Instant.EPOCH),
                defect("the return window was another one", RETURN_IN_WINDOW)
                        .change("ReturnWindowMoved", 0, "previous", Instant.EPOCH),
                defect("a shopper does not hear of a lost parcel", NOTHING_OWED)
                        .by(t -> mailLost(t, Template.PARCEL_LOST)),
                defect("a shopper does not hear of a delivery", NOTHING_OWED)
                        .by(t -> mailLost(t, Template.PARCEL_DELIVERED)),
                defect("a shopper does not hear of a failed attempt", NOTHING_OWED)
                        .by(t -> mailLost(t, Template.DELIVERY_FAILED)));
    }

    private static void mailLost(Tampering t, Template template) {
        var id = t.event("NotificationRequested", template).key();
        t.remove("NotificationSent", id);
        t.remove("NotificationSending", id);
        t.remove("NotificationRequested", id);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("defects")
    void isCaught(Defect defect) {
        defect.isCaught();
    }

    @Test
    void aParcelWithoutNewsIsGivenUpAtItsTime() {
        assertThat(withoutNews(_ -> {}).violations()).isEmpty();
    }

    @Test
    void theStoreThatGetsAParcelBackBooksIt() {
        var day = Stories.day();
        new Tampering(day).meta("ParcelReturned", 0, "actor", IN_RIGA);
        assertThat(AuditTest.audit(day.events(), day.now.plus(AuditTest.LATER)).violations())
                .isEmpty();
    }

    @Test
    void aDelayIsRecordedOnceAndAtItsTime() {
        assertThat(withoutNews(t -> t.again("PickupOverdue", 0)).violated()).containsKey(TASK_OVERDUE);
        assertThat(withoutNews(t -> t.change("PickupOverdue", 0, "dueAt", Instant.EPOCH))
                        .violated())
                .containsKey(TASK_OVERDUE);
        assertThat(withoutNews(t -> t.last("PickupOverdue", 0)).violated()).containsKey(TASK_OVERDUE);
    }

    private static AuditReport withoutNews(Consumer<Tampering> defect) {
        var day = ParcelStories.withoutNews();
        defect.accept(new Tampering(day));
        return AuditTest.audit(day.events(), day.now.plus(AuditTest.LATER));
    }
}
