package dev.mortar.audit;

import static dev.mortar.audit.Invariant.*;

import dev.mortar.schemas.Actor;
import dev.mortar.schemas.ActorType;
import dev.mortar.schemas.inventory.*;
import dev.mortar.schemas.order.*;
import dev.mortar.schemas.pickup.*;
import dev.mortar.schemas.returns.ReturnAccepted;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * The promises about rights: the actor of each event may change its object. It judges each event before the other
 * auditors do, because an event may end the order or hold that it belongs to. The back office may change every object;
 * processes and timers act for nobody.
 */
final class RightsAudit extends Auditor {
    private final OrderAudit orders;
    private final StockAudit stock;

    RightsAudit(Findings findings, OrderAudit orders, StockAudit stock) {
        super(findings);
        this.orders = orders;
        this.stock = stock;
        of(OrderPlaced.class, Owner::ofPlacing);
        of(SaleRecorded.class, Owner::of);
        ofOrder(FulfilmentReserved.class, FulfilmentRejected.class, OrderConfirmed.class, OrderRejected.class);
        ofOrder(OrderCancellationRequested.class, OrderCancellationRefused.class, OrderLinesCancelled.class);
        ofOrder(SourcingRequested.class, SourcingDecided.class, FulfilmentAdded.class, FulfilmentConfirmed.class);
        ofOrder(FulfilmentWithdrawn.class, FulfilmentDelivered.class, FulfilmentUndelivered.class);
        ofOrder(FulfilmentLost.class);
        ofOrder(OrderCancelled.class, FulfilmentHandedOver.class, OrderCompleted.class, OrderReturned.class);
        ofLocation(LocationRegistered.class, StockReceived.class, StockAdjusted.class, StockCounted.class);
        ofLocation(SafetyStockSet.class, StockTransferredOut.class, StockTransferredIn.class, StockSold.class);
        ofLocation(StockReserved.class, StockReservationRejected.class, ReservationConfirmed.class);
        ofLocation(ReservationPicked.class, StockReleased.class, ReservationVoided.class, StockCommitted.class);
        ofLocation(StockRestocked.class, DamagedStockReturned.class, VendorStockReturned.class);
        ofLocation(
                StockShortfallDetected.class,
                ReservationBroken.class,
                ReservationReduced.class,
                StockHoldExpired.class);
        ofLocation(CapacityPaused.class, SlotClosed.class, TransferExpected.class, TransferClosed.class);
        of(StockHeld.class, this::ofHold);
        of(StockHoldChanged.class, event -> ofHold(event.getLocationId(), event.getHoldId()));
        of(StockHoldReleased.class, event -> ofHold(event.getLocationId(), event.getHoldId()));
        ofPickup(PickupRequested.class, PickingStarted.class, PickupLineShort.class, PickupReady.class);
        ofPickup(PickupReminderDue.class, PickupCodeReissued.class, CustomerOnTheWay.class, CustomerArrived.class);
        ofPickup(PickupCodeRejected.class, PickupHandedOver.class, PickupExpired.class, PickupCancelled.class);
        ofPickup(PickupCancellationRefused.class, PickupAccepted.class, PickupTaskRejected.class);
        ofPickup(PickupOverdue.class, PickupDeadlineExtended.class, ParcelPacked.class, ParcelDelivered.class);
        ofPickup(DeliveryAttemptFailed.class, ParcelLost.class, ParcelFound.class);
        of(ParcelReturned.class, event -> ofFields().with(event.getReturnedTo()));
        of(ReturnAccepted.class, _ -> ofFields());
        on(PickupHandedOver.class, event -> overridden(event.getOverriddenBy()));
        on(ReturnAccepted.class, event -> overridden(event.getOverriddenBy()));
        // A refund is of the same command as its return, and any store may have a notification sent again.
        requireCompleteness(List.of(this), _ -> true, """
                PurchaseRecorded ReturnWindowMoved PurchaseLost RefundRequested NotificationRequested NotificationRepeated NotificationDue
                NotificationSending NotificationAttemptFailed NotificationSent NotificationFailed
                NotificationSuppressed NotificationSuperseded""");
    }

    /** @param owner gives null if the log does not say whose the object is, so that nobody can judge */
    private <E extends SpecificRecord> void of(Class<E> type, Function<E, @Nullable Owner> owner) {
        on(type, event -> {
            var actor = logged().meta().getActor();
            switch (actor.getType()) {
                case SHOPPER -> {
                    var its = owner.apply(event);
                    if (its != null) {
                        var sentence = "%s is by shopper %s; it belongs to shopper %s and order %s";
                        Object[] values = {logged().type(), actor.getId(), its.customerId(), its.orderId()};
                        check(RIGHTS_OWN_ORDER, its.isOf(actor.getId()), sentence, values);
                    }
                }
                case ASSOCIATE, TILL -> {
                    var its = actor.getLocationId() == null ? null : owner.apply(event);
                    if (its != null) {
                        var sentence = "%s is by %s %s in %s; it belongs to %s";
                        Object[] values = {
                            logged().type(), actor.getType(), actor.getId(), actor.getLocationId(), its.stores()
                        };
                        check(RIGHTS_OWN_STORE, its.stores().contains(actor.getLocationId()), sentence, values);
                    }
                }
                case UNKNOWN, COURIER, SYSTEM, BACK_OFFICE, OPERATOR -> {}
            }
        });
    }

    @SafeVarargs
    private void ofOrder(Class<? extends SpecificRecord>... types) {
        for (var type : types) {
            of(type, event -> {
                var order = orders.orders.get((String) event.get(1));
                context(order == null ? null : order.event);
                return order == null ? null : order.owner;
            });
        }
    }

    @SafeVarargs
    private void ofLocation(Class<? extends SpecificRecord>... types) {
        for (var type : types) {
            of(type, event -> Owner.ofLocation((String) event.get(1)));
        }
    }

    @SafeVarargs
    private void ofPickup(Class<? extends SpecificRecord>... types) {
        for (var type : types) {
            of(type, _ -> ofFields());
        }
    }

    /** The owner by the event's own fields. */
    private Owner ofFields() {
        var locationId = Objects.requireNonNull(logged().field("locationId"));
        return new Owner(
                (String) logged().field("customerId"), (String) logged().field("orderId"), Set.of((String) locationId));
    }

    /** The owner of a hold; null for a shopper's hold that was made before holds named their shopper. */
    private @Nullable Owner ofHold(StockHeld held) {
        boolean isNameless =
                held.getHeldBy() == null && logged().meta().getActor().getType() == ActorType.SHOPPER;
        return isNameless ? null : new Owner(held.getHeldBy(), null, Set.of(held.getLocationId()));
    }

    private @Nullable Owner ofHold(String locationId, String holdId) {
        var held = stock.hold(locationId, holdId);
        context(held);
        return held == null ? null : ofHold((StockHeld) held.event());
    }

    private void overridden(@Nullable Actor by) {
        if (by != null) {
            var actor = logged().meta().getActor();
            boolean isActor = by.getType() == ActorType.ASSOCIATE
                    && actor.getType() == ActorType.ASSOCIATE
                    && by.getId().equals(actor.getId())
                    && (actor.getLocationId() == null || actor.getLocationId().equals(by.getLocationId()));
            check(OVERRIDE_BY_ACTOR, isActor, "The override names %s; the actor is %s", by, actor);
        }
    }
}
