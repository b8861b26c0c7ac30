package dev.mortar.audit;

import dev.mortar.schemas.registry.Contract;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * A type of event, and the event types that may be its cause.
 *
 * @param number its number among all types, from 0
 * @param generated its generated class
 * @param name its name without package
 * @param topic the topic of its service
 * @param service the service that writes it
 * @param keyPosition position of the field that is the record's key
 * @param spontaneous whether it may come without another event as its cause: from a person, a till or a timer
 * @param causes names of the event types that may cause it
 */
record EventType(
        int number,
        Class<?> generated,
        String name,
        String topic,
        String service,
        int keyPosition,
        boolean spontaneous,
        Set<String> causes) {
    private static final String SPONTANEOUS = "-";

    /**
     * Every event type with the event types that may cause it; - if it may come without a cause. The last of several
     * answers of inventory makes an order decide, so an order may be rejected because of a reservation.
     */
    private static final String CAUSES = """
            OrderPlaced: -
            SaleRecorded: -
            FulfilmentReserved: StockReserved
            FulfilmentRejected: - StockReservationRejected ReservationBroken
            OrderConfirmed: - StockReserved StockReservationRejected ReservationBroken
            OrderRejected: - StockReservationRejected StockReserved ReservationBroken
            OrderCancellationRequested: - ReservationBroken
            OrderCancellationRefused: PickupCancellationRefused
            OrderLinesCancelled: PickupCancelled PickupExpired PickupLineShort PickupHandedOver
            OrderCancelled: - PickupCancelled PickupExpired PickupLineShort PickupHandedOver
            FulfilmentHandedOver: - PickupHandedOver StockReserved StockReservationRejected ReservationBroken
            OrderCompleted: - PickupHandedOver PickupCancelled PickupExpired PickupLineShort
                StockReservationRejected ReservationBroken
            OrderReturned: ReturnAccepted
            LocationRegistered: -
            StockReceived: -
            StockReserved: OrderPlaced
            StockReservationRejected: OrderPlaced
            ReservationConfirmed: OrderConfirmed
            ReservationPicked: PickupReady
            StockReleased: - OrderConfirmed OrderRejected OrderCancelled PickupCancelled PickupExpired
                PickupLineShort
            ReservationVoided: OrderConfirmed OrderRejected OrderCancelled PickupCancelled PickupExpired
            StockCommitted: PickupHandedOver
            StockSold: FulfilmentHandedOver
            StockRestocked: ReturnAccepted
            DamagedStockReturned: ReturnAccepted
            VendorStockReturned: ReturnAccepted
            StockAdjusted: - PickupLineShort
            StockCounted: -
            StockTransferredOut: -
            StockTransferredIn: StockTransferredOut
            StockShortfallDetected: - FulfilmentHandedOver PickupHandedOver PickupLineShort OrderConfirmed
            ReservationBroken: - FulfilmentHandedOver PickupHandedOver PickupLineShort OrderConfirmed
            SafetyStockSet: -
            StockHeld: -
            StockHoldReleased: - OrderPlaced
            StockHoldExpired: -
            PickupRequested: OrderConfirmed
            PickingStarted: -
            PickupLineShort: -
            PickupReady: -
            PickupReminderDue: -
            PickupCodeReissued: -
            CustomerOnTheWay: -
            CustomerArrived: -
            PickupCodeRejected: -
            PickupHandedOver: -
            PickupExpired: -
            PickupCancelled: - OrderCancellationRequested
            PickupCancellationRefused: OrderCancellationRequested
            PurchaseRecorded: FulfilmentHandedOver
            ReturnAccepted: -
            RefundRequested: -
            NotificationRequested: OrderConfirmed OrderRejected OrderCancelled OrderLinesCancelled PickupReady
                PickupReminderDue PickupCodeReissued PickupHandedOver PickupExpired ReturnAccepted
                NotificationRepeated
            NotificationRepeated: -
            NotificationSuperseded: PickupCodeReissued PickupHandedOver PickupExpired PickupCancelled
            NotificationDue: -
            NotificationSending: - NotificationRequested NotificationDue
            NotificationAttemptFailed: -
            NotificationSent: -
            NotificationFailed: -
            NotificationSuppressed: - NotificationRequested NotificationDue NotificationSuperseded
                PickupCodeReissued PickupHandedOver PickupExpired PickupCancelled
            """;

    private static final List<EventType> BY_NUMBER = new ArrayList<>();
    private static final Map<Class<?>, EventType> BY_CLASS = new HashMap<>();
    private static final Map<String, EventType> BY_NAME = new HashMap<>();

    static {
        var causes = causesByName();
        for (var topic : Contract.topics()) {
            if (topic.compacted()) {
                continue;
            }
            for (var recordType : topic.types()) {
                var schema = recordType.schema();
                var its = causes.remove(schema.getName());
                if (its == null) {
                    throw new IllegalStateException("The causes of " + schema.getName() + " have to be listed");
                }
                var type = new EventType(
                        BY_NUMBER.size(),
                        SpecificData.get().getClass(schema),
                        schema.getName(),
                        topic.name(),
                        topic.owner(),
                        schema.getField(topic.key()).pos(),
                        its.remove(SPONTANEOUS),
                        its);
                BY_NUMBER.add(type);
                BY_CLASS.put(type.generated, type);
                BY_NAME.put(type.name, type);
            }
        }
        BY_NUMBER.forEach(type -> named(type.causes));
        named(causes.keySet());
    }

    private static Map<String, Set<String>> causesByName() {
        var causes = new LinkedHashMap<String, Set<String>>();
        for (var entry : CAUSES.split("\\n(?=\\S)")) {
            var words = List.of(entry.strip().split(":?\\s+"));
            causes.put(words.getFirst(), new HashSet<>(words.subList(1, words.size())));
        }
        return causes;
    }

    /** The type of an event, or null if the contract has it on no event topic. */
    static @Nullable EventType of(SpecificRecord event) {
        return BY_CLASS.get(event.getClass());
    }

    static EventType numbered(int number) {
        return BY_NUMBER.get(number);
    }

    /**
     * The event types of these names.
     *
     * @throws IllegalArgumentException if there is no event type of a name
     */
    static Set<EventType> named(Set<String> names) {
        var types = new HashSet<EventType>();
        for (var name : names) {
            var type = BY_NAME.get(name);
            if (type == null) {
                throw new IllegalArgumentException("The contract has no event type " + name);
            }
            types.add(type);
        }
        return types;
    }

    static List<EventType> all() {
        return List.copyOf(BY_NUMBER);
    }

    String key(SpecificRecord event) {
        return (String) event.get(keyPosition);
    }

    boolean mayFollow(EventType cause) {
        return causes.contains(cause.name);
    }
}
