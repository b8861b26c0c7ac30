package dev.mortar.notification;

import dev.mortar.eventsourcing.kafka.EventBinder;
import dev.mortar.eventsourcing.kafka.EventReader;
import dev.mortar.notification.NotificationContent.CodeIssue;
import dev.mortar.notification.NotificationEvent.NotificationRepeated;
import dev.mortar.notification.NotificationProcess.Incoming;
import dev.mortar.notification.NotificationProcess.Pickup;
import dev.mortar.schemas.Channel;
import dev.mortar.schemas.OrderLine;
import dev.mortar.schemas.inventory.InventoryLocation;
import dev.mortar.schemas.notification.CustomerContact;
import dev.mortar.schemas.order.OrderCancelled;
import dev.mortar.schemas.order.OrderConfirmed;
import dev.mortar.schemas.order.OrderLinesCancelled;
import dev.mortar.schemas.order.OrderRejected;
import dev.mortar.schemas.pickup.PickupCancelled;
import dev.mortar.schemas.pickup.PickupCodeReissued;
import dev.mortar.schemas.pickup.PickupExpired;
import dev.mortar.schemas.pickup.PickupHandedOver;
import dev.mortar.schemas.pickup.PickupLine;
import dev.mortar.schemas.pickup.PickupReady;
import dev.mortar.schemas.pickup.PickupReminderDue;
import dev.mortar.schemas.returns.ReturnAccepted;
import dev.mortar.values.FulfilmentMethod;
import dev.mortar.values.Money;
import dev.mortar.values.Unit;
import java.time.ZoneId;
import java.util.List;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** Translates between this service's types and the event contract. Only this class uses generated classes. */
final class NotificationAvro {

    /** The events of notifications. */
    static final EventBinder<NotificationEvent> EVENTS =
            EventBinder.of(NotificationEvent.class, "dev.mortar.schemas.notification");

    /** Reads the events that this service reacts to. */
    static final EventReader<Incoming> INCOMING = EventReader.<Incoming>create()
            .on(
                    OrderConfirmed.class,
                    e -> new Incoming.OrderConfirmed(
                            e.getMeta().getEventId(),
                            e.getOrderId(),
                            e.getCustomerId(),
                            known(e.getChannel()) == Channel.POS,
                            orderLines(e.getLines()),
                            orderLines(e.getRejectedLines()),
                            money(e.getTotal())))
            .on(
                    OrderRejected.class,
                    e -> new Incoming.OrderRejected(
                            e.getMeta().getEventId(),
                            e.getOrderId(),
                            e.getCustomerId(),
                            reason(e.getReason()),
                            orderLines(e.getLines())))
            .on(
                    OrderCancelled.class,
                    e -> new Incoming.OrderCancelled(
                            e.getMeta().getEventId(),
                            e.getOrderId(),
                            e.getCustomerId(),
                            reason(e.getReason()),
                            orderLines(e.getLines())))
            .on(
                    OrderLinesCancelled.class,
                    e -> new Incoming.OrderLinesCancelled(
                            e.getMeta().getEventId(),
                            e.getOrderId(),
                            e.getFulfilmentId(),
                            e.getCustomerId(),
                            reason(e.getReason()),
                            cancelledLines(e),
                            money(e.getAmount()),
                            e.getMeta().getIndex() > 0))
            .on(
                    PickupReady.class,
                    e -> new Incoming.PickupReady(
                            e.getMeta().getEventId(),
                            pickup(e),
                            pickupLines(e.getLines()),
                            pickupLines(e.getMissing()),
                            e.getPickupDeadline(),
                            new CodeIssue(e.getCodeIssue(), e.getCodeKeyId())))
            .on(
                    PickupReminderDue.class,
                    e -> new Incoming.PickupReminderDue(
                            e.getMeta().getEventId(),
                            pickup(e),
                            pickupLines(e.getLines()),
                            e.getPickupDeadline(),
                            new CodeIssue(e.getCodeIssue(), e.getCodeKeyId())))
            .on(
                    PickupCodeReissued.class,
                    e -> new Incoming.PickupCodeReissued(
                            e.getMeta().getEventId(),
                            pickup(e),
                            pickupLines(e.getLines()),
                            e.getPickupDeadline(),
                            new CodeIssue(e.getCodeIssue(), e.getCodeKeyId())))
            .on(
                    PickupHandedOver.class,
                    e -> new Incoming.PickupHandedOver(
                            e.getMeta().getEventId(),
                            pickup(e),
                            pickupLines(e.getHandedOver()),
                            pickupLines(e.getNotTaken()),
                            e.getCodeIssue(),
                            e.getLastCodeIssue()))
            .on(
                    PickupExpired.class,
                    e -> new Incoming.PickupExpired(
                            e.getMeta().getEventId(),
                            pickup(e),
                            pickupLines(e.getLines()),
                            e.getPickupDeadline(),
                            e.getLastCodeIssue()))
            .on(PickupCancelled.class, e -> new Incoming.PickupCancelled(pickup(e), e.getWhole(), e.getLastCodeIssue()))
            .on(
                    ReturnAccepted.class,
                    e -> new Incoming.ReturnAccepted(
                            e.getMeta().getEventId(),
                            e.getOrderId(),
                            e.getCustomerId(),
                            e.getLocationId(),
                            all(e.getLines(), l -> line(l.getSku(), l.getTitle(), l.getQuantity(), l.getUnit())),
                            money(e.getRefund())))
            .on(
                    dev.mortar.schemas.notification.NotificationRepeated.class,
                    e -> new Incoming.NotificationRepeated(
                            e.getRepeatId(), ((NotificationRepeated) EVENTS.read(e)).content()))
            .on(
                    dev.mortar.schemas.notification.NotificationSuperseded.class,
                    e -> new Incoming.NotificationSuperseded(e.getRepeatIds()))
            .ignoring("""
                    OrderPlaced FulfilmentReserved FulfilmentRejected OrderCancellationRequested
                    OrderCancellationRefused FulfilmentHandedOver OrderCompleted OrderReturned
                    PickupRequested PickingStarted PickupLineShort CustomerOnTheWay CustomerArrived
                    PickupCodeRejected PickupCancellationRefused
                    PurchaseRecorded RefundRequested
                    NotificationRequested NotificationDue NotificationSending NotificationAttemptFailed
                    NotificationSent NotificationFailed NotificationSuppressed
                    """);

    /** Reads {@code customer.contacts}. */
    static final EventReader<Contact> CONTACTS = EventReader.<Contact>create()
            .on(
                    CustomerContact.class,
                    c -> new Contact(
                            c.getName(),
                            c.getEmail(),
                            c.getPhone(),
                            c.getLocale(),
                            c.getEmailConsent(),
                            c.getVehicle(),
                            c.getChangedAt()));

    /** Reads {@code inventory.locations}. */
    static final EventReader<Location> LOCATIONS = EventReader.<Location>create()
            .on(InventoryLocation.class, l -> new Location(l.getName(), ZoneId.of(l.getTimeZone())));

    private NotificationAvro() {}

    /** The record of a contact in {@code customer.contacts}. */
    static SpecificRecord write(String customerId, Contact contact) {
        return new CustomerContact(
                customerId,
                contact.name(),
                contact.email(),
                contact.phone(),
                contact.locale(),
                contact.emailConsent(),
                contact.vehicle(),
                contact.changedAt());
    }

    /** Null for a reason from a newer version of the contract: the mail then gives no reason. */
    private static @Nullable EndReason reason(@Nullable Enum<?> reason) {
        return reason == null || reason.name().equals("UNKNOWN") ? null : EndReason.valueOf(reason.name());
    }

    /** Events of older versions of order-service contain only SKUs and quantities. */
    private static List<NotificationLine> cancelledLines(OrderLinesCancelled event) {
        return event.getCancelledLines().isEmpty()
                ? all(event.getLines(), l -> line(l.getSku(), null, l.getQuantity(), dev.mortar.schemas.Unit.EACH))
                : orderLines(event.getCancelledLines());
    }

    private static List<NotificationLine> orderLines(List<OrderLine> lines) {
        return all(lines, l -> line(l.getSku(), l.getTitle(), l.getQuantity(), l.getUnit()));
    }

    private static List<NotificationLine> pickupLines(List<PickupLine> lines) {
        return all(lines, l -> line(l.getSku(), l.getTitle(), l.getQuantity(), l.getUnit()));
    }

    private static NotificationLine line(
            String sku, @Nullable String title, long quantity, dev.mortar.schemas.Unit unit) {
        return new NotificationLine(
                sku, title, quantity, Unit.valueOf(known(unit).name()));
    }

    private static <A, B> List<B> all(List<A> list, Function<A, B> mapping) {
        return list.stream().map(mapping).toList();
    }

    /** Reads the fields that every event of pickup-service has under the same names. */
    private static Pickup pickup(SpecificRecord event) {
        Function<String, Object> field =
                name -> event.get(event.getSchema().getField(name).pos());
        return new Pickup(
                (String) field.apply("fulfilmentId"),
                (String) field.apply("orderId"),
                (String) field.apply("locationId"),
                (String) field.apply("customerId"),
                method((dev.mortar.schemas.FulfilmentMethod) field.apply("method")));
    }

    private static Money money(dev.mortar.schemas.Money money) {
        return new Money(money.getAmount(), money.getCurrency());
    }

    private static FulfilmentMethod method(dev.mortar.schemas.FulfilmentMethod method) {
        return FulfilmentMethod.valueOf(known(method).name());
    }

    /** Refuses a value from a newer version of the contract: the record becomes a dead letter. */
    private static <T extends Enum<T>> T known(T value) {
        if (value.name().equals("UNKNOWN")) {
            throw new IllegalArgumentException(
                    value.getDeclaringClass().getSimpleName() + " is not known to this version");
        }
        return value;
    }
}
