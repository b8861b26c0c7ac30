package dev.mortar.audit;

import dev.mortar.schemas.registry.Contract;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * A type of event, numbered from 0, and the names of the event types that may be its cause.
 *
 * @param keyPosition position of the field that is the record's key
 * @param spontaneous whether it may come without another event as its cause: from a person, a till or a timer
 */
record EventType(
        int number,
        String name,
        String topic,
        String service,
        int keyPosition,
        boolean spontaneous,
        Set<String> causes) {

    /**
     * Event types with the event types that may cause them; - if they may come without a cause. The last of several
     * answers of inventory makes an order decide, so an order may be rejected because of a reservation.
     */
    private static final String CAUSES = """
            OrderPlaced SaleRecorded: -
            FulfilmentReserved: StockReserved
            FulfilmentRejected: - StockReservationRejected ReservationBroken
            OrderConfirmed OrderRejected: - StockReserved StockReservationRejected ReservationBroken SourcingRequested
            SourcingRequested: - StockReservationRejected ReservationBroken PickupCancelled PickupLineShort
                PickupTaskRejected PickupOverdue
            SourcingDecided: - SourcingRequested PickupCancelled PickupExpired PickupLineShort PickupHandedOver
                ReservationBroken ReservationReduced
            FulfilmentAdded: - SourcingRequested
            FulfilmentConfirmed: StockReserved PickupCancelled
            FulfilmentWithdrawn: - PickupHandedOver PickupCancelled PickupExpired PickupLineShort
                PickupCancellationRefused ReservationBroken ReservationReduced
            OrderCancellationRequested: - ReservationBroken ReservationReduced PickupTaskRejected StockReserved
                StockReservationRejected SourcingRequested
            OrderCancellationRefused: PickupCancellationRefused
            OrderLinesCancelled: - PickupCancelled PickupExpired PickupLineShort PickupHandedOver SourcingRequested
                StockReservationRejected ReservationBroken
            OrderCancelled: - PickupCancelled PickupExpired PickupLineShort PickupHandedOver SourcingRequested
                StockReservationRejected ReservationBroken
            FulfilmentHandedOver: - PickupHandedOver StockReserved StockReservationRejected ReservationBroken
                SourcingRequested
            OrderCompleted: - PickupHandedOver PickupCancelled PickupExpired PickupLineShort
                StockReservationRejected ReservationBroken SourcingRequested
            FulfilmentDelivered: ParcelDelivered
            FulfilmentUndelivered: ParcelReturned
            FulfilmentLost: ParcelLost
            OrderReturned StockRestocked DamagedStockReturned VendorStockReturned: ReturnAccepted
            LocationRegistered StockReceived StockCounted SafetyStockSet: -
            StockHeld StockHoldChanged StockHoldExpired: -
            CapacityPaused SlotClosed: -
            StockReserved StockReservationRejected: OrderPlaced FulfilmentAdded
            ReservationConfirmed: OrderConfirmed FulfilmentConfirmed
            ReservationPicked: PickupReady
            StockReleased: - OrderConfirmed OrderRejected OrderCancelled PickupCancelled PickupExpired
                PickupLineShort FulfilmentWithdrawn
            ReservationVoided: OrderConfirmed OrderRejected OrderCancelled PickupCancelled PickupExpired
                FulfilmentWithdrawn
            StockCommitted: PickupHandedOver
            StockSold: FulfilmentHandedOver
            StockAdjusted: - PickupLineShort
            StockTransferredOut StockTransferredIn: -
            TransferExpected: StockTransferredOut
            TransferClosed: - StockTransferredOut StockTransferredIn
            StockShortfallDetected ReservationBroken: - FulfilmentHandedOver PickupHandedOver PickupLineShort
                OrderConfirmed FulfilmentConfirmed
            ReservationReduced: - FulfilmentHandedOver PickupHandedOver PickupLineShort
            StockHoldReleased: - OrderPlaced
            PickupRequested: OrderConfirmed FulfilmentConfirmed
            PickupAccepted PickupTaskRejected PickupOverdue PickupDeadlineExtended: -
            PickingStarted PickupLineShort PickupReady PickupReminderDue PickupCodeReissued CustomerOnTheWay: -
            CustomerArrived PickupCodeRejected PickupHandedOver PickupExpired: -
            ParcelPacked ParcelDelivered DeliveryAttemptFailed ParcelReturned ParcelLost ParcelFound: -
            PickupCancelled: - OrderCancellationRequested
            PickupCancellationRefused: OrderCancellationRequested
            PurchaseRecorded: FulfilmentHandedOver
            ReturnWindowMoved: FulfilmentDelivered
            PurchaseLost: FulfilmentLost
            ReturnAccepted RefundRequested: - FulfilmentUndelivered
            NotificationRequested: OrderConfirmed OrderRejected OrderCancelled OrderLinesCancelled PickupReady
                PickupReminderDue PickupCodeReissued PickupHandedOver PickupExpired ReturnAccepted
                NotificationRepeated PickupOverdue PickupDeadlineExtended FulfilmentConfirmed ParcelDelivered
                DeliveryAttemptFailed FulfilmentLost
            NotificationRepeated NotificationDue NotificationAttemptFailed NotificationSent NotificationFailed: -
            NotificationSuperseded: PickupCodeReissued PickupHandedOver PickupExpired PickupCancelled PickupReady
                PickupDeadlineExtended
            NotificationSending: - NotificationRequested NotificationDue
            NotificationSuppressed: - NotificationRequested NotificationDue NotificationSuperseded
                PickupCodeReissued PickupHandedOver PickupExpired PickupCancelled PickupReady PickupDeadlineExtended
            """;

    private static final Map<String, EventType> BY_NAME = new LinkedHashMap<>();
    private static final List<EventType> BY_NUMBER;

    static {
        var causes = new HashMap<String, Set<String>>();
        for (var entry : CAUSES.split("\\n(?=\\S)")) {
            var sides = entry.strip().split(":\\s+");
            for (var effect : sides[0].split(" ")) {
                causes.put(effect, new HashSet<>(Set.of(sides[1].split("\\s+"))));
            }
        }
        for (var topic : Contract.topics()) {
            for (var type : topic.hasEvents() ? topic.types() : List.<Contract.RecordType>of()) {
                var name = type.schema().getName();
                var its = causes.remove(name);
                if (its == null) {
                    throw new IllegalStateException("The causes of " + name + " have to be listed");
                }
                int key = type.schema().getField(topic.key()).pos();
                boolean isSpontaneous = its.remove("-");
                BY_NAME.put(
                        name,
                        new EventType(BY_NAME.size(), name, topic.name(), topic.owner(), key, isSpontaneous, its));
            }
        }
        BY_NUMBER = List.copyOf(BY_NAME.values());
        BY_NUMBER.forEach(type -> type.causes.forEach(EventType::named));
        causes.keySet().forEach(EventType::named);
    }

    /** The type of an event, or null if the contract has it on no event topic. */
    static @Nullable EventType of(SpecificRecord event) {
        return BY_NAME.get(event.getSchema().getName());
    }

    static EventType numbered(int number) {
        return BY_NUMBER.get(number);
    }

    static List<EventType> all() {
        return BY_NUMBER;
    }

    /** @throws IllegalArgumentException if there is no event type of this name */
    static EventType named(String name) {
        var type = BY_NAME.get(name);
        if (type == null) {
            throw new IllegalArgumentException("The contract has no event type " + name);
        }
        return type;
    }

    String key(SpecificRecord event) {
        return (String) event.get(keyPosition);
    }

    boolean mayFollow(EventType cause) {
        return causes.contains(cause.name);
    }
}
