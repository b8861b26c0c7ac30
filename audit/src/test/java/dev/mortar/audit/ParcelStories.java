package dev.mortar.audit;

import static dev.mortar.audit.Stories.OSLO;
import static dev.mortar.audit.Stories.RIGA;
import static dev.mortar.audit.SyntheticLog.*;
import static dev.mortar.schemas.FulfilmentMethod.DELIVERY;

import dev.mortar.audit.Stories.Order;
import dev.mortar.schemas.*;
import dev.mortar.schemas.inventory.*;
import dev.mortar.schemas.notification.Template;
import dev.mortar.schemas.order.*;
import dev.mortar.schemas.pickup.*;
import dev.mortar.schemas.returns.*;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** A log that keeps all promises: stories of parcels. Their SKU is P. */
final class ParcelStories {

    private ParcelStories() {}

    static void happenOn(Stories day) {
        day.receive(OSLO, "P", 50);
        deliveredAndReturned(day);
        lostAndFound(day);
        packedAgain(day);
        lostAfterItsReturn(day);
    }

    /** Two units are delivered at the second attempt, and one comes back. */
    private static void deliveredAndReturned(Stories day) {
        var order = Stories.order("p1", DELIVERY, "P", 3);
        ready(day, order, 3);
        pack(day, order, parcel("a", 2));
        pack(day, order, parcel("b", 1));
        leave(day, order, line("1", "P", 3, 333), 0, List.of(parcel("a", 2), parcel("b", 1)));
        day.now = day.now.plus(Duration.ofHours(1));
        var failing = order.facts().with("parcelId", "a").with("attempt", 1).with("reasonCode", "NOBODY_HOME");
        var failed = day.write(null, failing.event(DeliveryAttemptFailed.class));
        day.mail(failed, Template.DELIVERY_FAILED);
        var previous = purchased(day, order);
        day.now = day.now.plus(Duration.ofHours(1));
        var facts = order.facts()
                .with("parcelId", "a")
                .with("deliveredAt", day.now)
                .with("proof", DeliveryProof.SIGNED)
                .with("lines", order.picks(2));
        var delivered = day.write(null, facts.event(ParcelDelivered.class));
        day.mail(delivered, Template.PARCEL_DELIVERED);
        var reported = day.write(delivered, facts.with("lines", order.parts(2)).event(FulfilmentDelivered.class));
        var until = day.now.plus(Duration.ofDays(30));
        day.write(reported, new ReturnWindowMoved(null, order.id(), order.fulfilmentId(), until, previous));
        comesBack(day, order);
    }

    private static Instant purchased(Stories day, Order order) {
        return day.events().stream()
                .map(LoggedEvent::event)
                .filter(event ->
                        event instanceof PurchaseRecorded it && it.getOrderId().equals(order.id()))
                .map(event -> ((PurchaseRecorded) event).getReturnableUntil())
                .findFirst()
                .orElseThrow();
    }

    /** The parcel b comes back to Riga. */
    private static void comesBack(Stories day, Order order) {
        var unit = new ParcelReturnLine("1", "P", 1L, ReturnCondition.UNOPENED, Disposition.RESTOCK);
        var facts = order.facts().with("parcelId", "b").with("returnedTo", RIGA).with("lines", List.of(unit));
        var returned = day.write(null, facts.event(ParcelReturned.class));
        var reported = day.write(returned, facts.event(FulfilmentUndelivered.class));
        var line = new ReturnedLine(
                "1",
                "P",
                null,
                1L,
                Unit.EACH,
                ReturnReason.UNDELIVERABLE,
                ReturnCondition.UNOPENED,
                Disposition.RESTOCK,
                money(333),
                order.fulfilmentId());
        var returning = order.facts()
                .with("locationId", RIGA)
                .with("returnId", "parcel-b")
                .with("lines", List.of(line))
                .with("refund", money(333))
                .with("amount", money(333));
        var accepted =
                day.write(reported, returning.event(ReturnAccepted.class), returning.event(RefundRequested.class));
        var booking = returning
                .with("movedAt", accepted.meta().getOccurredAt())
                .with("changes", List.of(day.change(RIGA, "P", 1, 0, 0, 0, 0)));
        day.write(accepted, booking.event(StockRestocked.class));
        var whole = returning.with("lines", order.parts(1)).with("whole", false);
        day.write(accepted, whole.event(OrderReturned.class));
        day.mail(accepted, Template.RETURN_ACCEPTED);
    }

    /**
     * Three at 10.00 less 0.30, 1.00 of tax on top. The parcel of the last one is lost, then that of two; one is found.
     */
    private static void lostAndFound(Stories day) {
        var line = discounted(3, 30, 100);
        var order = new Order("p2", "customer-p2", DELIVERY, List.of(line));
        ready(day, order, 3);
        leave(day, order, line, 0, List.of(parcel("a", 2), parcel("b", 1)));
        day.now = day.now.plus(Duration.ofHours(1));
        lost(day, order, "b", ParcelLossReason.CARRIER_SAYS, discounted(1, 10, 33), 1_023);
        lost(day, order, "a", ParcelLossReason.CARRIER_SAYS, discounted(2, 20, 67), 2_047);
        var facts = order.facts().with("parcelId", "a").with("deliveredAt", day.now);
        day.write(null, facts.event(ParcelFound.class));
    }

    private static OrderLine discounted(long quantity, long discount, long taxOnTop) {
        return OrderLine.newBuilder(line("1", "P", quantity, 1_000))
                .setDiscount(money(discount))
                .setTax(money(taxOnTop))
                .setTaxIncluded(false)
                .build();
    }

    /** A unit is cancelled after two were packed, so their parcel is void. */
    private static void packedAgain(Stories day) {
        var order = Stories.order("p3", DELIVERY, "P", 2);
        ready(day, order, 2);
        pack(day, order, parcel("a", 2));
        var requested = day.cancellationRequested(order, null, 1, EndReason.CANCELLED_BY_SHOPPER);
        var cancelled = day.pickupCancelled(order, requested, 1, false, EndReason.CANCELLED_BY_SHOPPER);
        day.released(order, cancelled, ReleaseReason.PICKUP_CANCELLED, order.units(1), false, day.changed("P", 0, -1));
        day.linesCancelled(order, cancelled, 1, EndReason.CANCELLED_BY_SHOPPER);
        pack(day, order, parcel("a", 1));
        leave(day, order, line("1", "P", 1, 333), 1, List.of(parcel("a", 1)));
    }

    /** The shopper brings a unit back, and the carrier says later that it was lost. The order has lost nothing. */
    private static void lostAfterItsReturn(Stories day) {
        var order = Stories.order("p5", DELIVERY, "P", 1);
        var line = line("1", "P", 1, 333);
        ready(day, order, 1);
        leave(day, order, line, 0, List.of(parcel("a", 1)));
        day.bringBack(order.id(), "customer-p5", "r-p5", line, 333, Disposition.RESTOCK, true);
        var facts = order.facts().with("parcelId", "a").with("reason", ParcelLossReason.CARRIER_SAYS);
        day.write(null, facts.with("lines", order.picks(1)).event(ParcelLost.class));
    }

    /** A log of its own: nobody hears of a parcel. */
    static Stories withoutNews() {
        var day = new Stories();
        day.register(OSLO);
        day.receive(OSLO, "P", 10);
        var order = Stories.order("p4", DELIVERY, "P", 1);
        ready(day, order, 1);
        var leftAt = leave(day, order, line("1", "P", 1, 333), 0, List.of(parcel("a", 1)))
                .recordedAt();
        TaskStories.overdue(day, order, OverdueKind.DELIVERY, leftAt.plus(Duration.ofDays(10)));
        day.now = leftAt.plus(Duration.ofDays(30));
        lost(day, order, "a", ParcelLossReason.NO_NEWS, line("1", "P", 1, 333), 333);
        return day;
    }

    static Parcel parcel(String id, long quantity) {
        return new Parcel(id, List.of(pick("1", "P", quantity)), "carrier-1", "track-" + id);
    }

    private static void ready(Stories day, Order order, long quantity) {
        day.ordered(order);
        day.picking(order);
        day.ready(order, quantity);
    }

    static LoggedEvent pack(Stories day, Order order, Parcel parcel) {
        var facts = order.facts()
                .with("parcelId", parcel.getParcelId())
                .with("lines", parcel.getLines())
                .with("carrierId", parcel.getCarrierId())
                .with("trackingReference", parcel.getTrackingReference());
        return day.write(null, facts.event(ParcelPacked.class));
    }

    private static LoggedEvent leave(Stories day, Order order, OrderLine left, long cancelled, List<Parcel> parcels) {
        day.parcels.put(order.id(), parcels);
        long given = left.getQuantity();
        var handedOver = day.handedOver(order, given, 0, null, 1);
        day.booked(order, handedOver, given, 0);
        day.completed(order, handedOver, left, cancelled);
        return handedOver;
    }

    private static void lost(
            Stories day, Order order, String parcelId, ParcelLossReason reason, OrderLine line, long amount) {
        var facts = order.facts()
                .with("parcelId", parcelId)
                .with("reason", reason)
                .with("lines", order.picks(line.getQuantity()))
                .with("amount", money(amount));
        var lost = day.write(null, facts.event(ParcelLost.class));
        var reported = day.write(lost, facts.with("lines", List.of(line)).event(FulfilmentLost.class));
        day.mail(reported, Template.PARCEL_LOST);
        day.write(reported, facts.with("lines", order.parts(line.getQuantity())).event(PurchaseLost.class));
    }
}
