package dev.mortar.audit;

import dev.mortar.schemas.EventMeta;
import dev.mortar.schemas.inventory.*;
import dev.mortar.schemas.notification.*;
import dev.mortar.schemas.order.*;
import dev.mortar.schemas.pickup.*;
import dev.mortar.schemas.registry.Contract;
import dev.mortar.schemas.returns.*;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * A type of event: where it belongs and what it may follow from.
 *
 * @param number its number among all types, from 0
 * @param generated its generated class
 * @param name its name without package
 * @param topic the topic of its service
 * @param service the service that writes it
 * @param keyPosition position of the field that is the record's key
 * @param spontaneous whether a person, a till or a timer may be its only cause
 * @param causes the types of events that may cause it
 */
record EventType(
        int number,
        Class<?> generated,
        String name,
        String topic,
        String service,
        int keyPosition,
        boolean spontaneous,
        Set<Class<?>> causes) {
    private static final Map<Class<?>, EventType> TYPES = new HashMap<>();
    private static final List<EventType> BY_NUMBER = new ArrayList<>();
    private static final Map<Class<?>, Causes> CAUSES = new HashMap<>();

    private record Causes(boolean spontaneous, Set<Class<?>> types) {}

    static {
        alone(OrderPlaced.class);
        after(FulfilmentReserved.class, StockReserved.class);
        aloneOrAfter(FulfilmentRejected.class, StockReservationRejected.class, ReservationBroken.class);
        aloneOrAfter(
                OrderConfirmed.class, StockReserved.class, StockReservationRejected.class, ReservationBroken.class);
        // Of several answers the last one decides, and that may be a good one.
        aloneOrAfter(OrderRejected.class, StockReservationRejected.class, StockReserved.class, ReservationBroken.class);
        aloneOrAfter(OrderCancellationRequested.class, ReservationBroken.class);
        after(OrderCancellationRefused.class, PickupCancellationRefused.class);
        after(
                OrderLinesCancelled.class,
                PickupCancelled.class,
                PickupExpired.class,
                PickupLineShort.class,
                PickupHandedOver.class);
        aloneOrAfter(
                OrderCancelled.class,
                PickupCancelled.class,
                PickupExpired.class,
                PickupLineShort.class,
                PickupHandedOver.class);
        aloneOrAfter(
                FulfilmentHandedOver.class,
                PickupHandedOver.class,
                StockReserved.class,
                StockReservationRejected.class,
                ReservationBroken.class);
        aloneOrAfter(
                OrderCompleted.class,
                PickupHandedOver.class,
                PickupCancelled.class,
                PickupExpired.class,
                PickupLineShort.class,
                StockReservationRejected.class,
                ReservationBroken.class);
        after(OrderReturned.class, ReturnAccepted.class);

        alone(LocationRegistered.class);
        alone(StockReceived.class);
        after(StockReserved.class, OrderPlaced.class);
        after(StockReservationRejected.class, OrderPlaced.class);
        after(ReservationConfirmed.class, OrderConfirmed.class);
        after(ReservationPicked.class, PickupReady.class);
        aloneOrAfter(
                StockReleased.class,
                OrderConfirmed.class,
                OrderRejected.class,
                OrderCancelled.class,
                PickupCancelled.class,
                PickupExpired.class,
                PickupLineShort.class);
        after(
                ReservationVoided.class,
                OrderConfirmed.class,
                OrderRejected.class,
                OrderCancelled.class,
                PickupCancelled.class,
                PickupExpired.class);
        after(StockCommitted.class, PickupHandedOver.class);
        after(StockSold.class, FulfilmentHandedOver.class);
        after(StockRestocked.class, ReturnAccepted.class);
        after(DamagedStockReturned.class, ReturnAccepted.class);
        after(VendorStockReturned.class, ReturnAccepted.class);
        aloneOrAfter(StockAdjusted.class, PickupLineShort.class);
        alone(StockCounted.class);
        alone(StockTransferredOut.class);
        after(StockTransferredIn.class, StockTransferredOut.class);
        aloneOrAfter(
                StockShortfallDetected.class,
                FulfilmentHandedOver.class,
                PickupHandedOver.class,
                PickupLineShort.class,
                OrderConfirmed.class);
        aloneOrAfter(
                ReservationBroken.class,
                FulfilmentHandedOver.class,
                PickupHandedOver.class,
                PickupLineShort.class,
                OrderConfirmed.class);
        alone(SafetyStockSet.class);
        alone(StockHeld.class);
        aloneOrAfter(StockHoldReleased.class, OrderPlaced.class);
        alone(StockHoldExpired.class);

        after(PickupRequested.class, OrderConfirmed.class);
        alone(PickingStarted.class);
        alone(PickupLineShort.class);
        alone(PickupReady.class);
        alone(PickupReminderDue.class);
        alone(PickupCodeReissued.class);
        alone(CustomerOnTheWay.class);
        alone(CustomerArrived.class);
        alone(PickupCodeRejected.class);
        alone(PickupHandedOver.class);
        alone(PickupExpired.class);
        aloneOrAfter(PickupCancelled.class, OrderCancellationRequested.class);
        after(PickupCancellationRefused.class, OrderCancellationRequested.class);

        after(PurchaseRecorded.class, FulfilmentHandedOver.class);
        alone(ReturnAccepted.class);
        alone(RefundRequested.class);

        after(
                NotificationRequested.class,
                OrderConfirmed.class,
                OrderRejected.class,
                OrderCancelled.class,
                OrderLinesCancelled.class,
                PickupReady.class,
                PickupReminderDue.class,
                PickupCodeReissued.class,
                PickupHandedOver.class,
                PickupExpired.class,
                ReturnAccepted.class,
                NotificationRepeated.class);
        alone(NotificationRepeated.class);
        after(
                NotificationSuperseded.class,
                PickupCodeReissued.class,
                PickupHandedOver.class,
                PickupExpired.class,
                PickupCancelled.class);
        alone(NotificationDue.class);
        aloneOrAfter(NotificationSending.class, NotificationRequested.class, NotificationDue.class);
        alone(NotificationAttemptFailed.class);
        alone(NotificationSent.class);
        alone(NotificationFailed.class);
        aloneOrAfter(
                NotificationSuppressed.class,
                NotificationRequested.class,
                NotificationDue.class,
                NotificationSuperseded.class,
                PickupCodeReissued.class,
                PickupHandedOver.class,
                PickupExpired.class,
                PickupCancelled.class);

        for (var topic : Contract.topics()) {
            if (topic.compacted()) {
                continue;
            }
            for (var recordType : topic.types()) {
                var schema = recordType.schema();
                var generated = SpecificData.get().getClass(schema);
                var causes = CAUSES.get(generated);
                if (causes == null) {
                    throw new IllegalStateException("No causes are known of " + schema.getFullName());
                }
                var type = new EventType(
                        BY_NUMBER.size(),
                        generated,
                        schema.getName(),
                        topic.name(),
                        topic.owner(),
                        schema.getField(topic.key()).pos(),
                        causes.spontaneous(),
                        causes.types());
                TYPES.put(generated, type);
                BY_NUMBER.add(type);
            }
        }
    }

    private static void alone(Class<?> type) {
        CAUSES.put(type, new Causes(true, Set.of()));
    }

    private static void after(Class<?> type, Class<?>... causes) {
        CAUSES.put(type, new Causes(false, Set.of(causes)));
    }

    private static void aloneOrAfter(Class<?> type, Class<?>... causes) {
        CAUSES.put(type, new Causes(true, Set.of(causes)));
    }

    /** The type of an event, or null when it is none that the contract has on an event topic. */
    static @Nullable EventType of(SpecificRecord event) {
        return TYPES.get(event.getClass());
    }

    static EventType numbered(int number) {
        return BY_NUMBER.get(number);
    }

    static List<EventType> all() {
        return List.copyOf(BY_NUMBER);
    }

    /** Every event begins with it. */
    static EventMeta meta(LoggedEvent event) {
        return Objects.requireNonNull(event.identity()).meta();
    }

    String key(SpecificRecord event) {
        return (String) event.get(keyPosition);
    }

    boolean mayFollow(EventType cause) {
        return causes.contains(cause.generated);
    }
}
