package dev.mortar.notification;

import dev.mortar.eventsourcing.Owner;
import dev.mortar.eventsourcing.View;
import dev.mortar.eventsourcing.View.RowKey;
import dev.mortar.eventsourcing.kafka.EventBinder;
import dev.mortar.eventsourcing.kafka.EventReader;
import dev.mortar.eventsourcing.kafka.RecordBinding;
import dev.mortar.eventsourcing.kafka.ServiceDefinition;
import dev.mortar.schemas.inventory.InventoryLocation;
import dev.mortar.schemas.notification.ContactErasure;
import dev.mortar.schemas.notification.CustomerContact;
import java.time.ZoneId;
import java.util.List;

/** The wiring of notification-service. */
public final class NotificationDefinition {

    /** The contacts of shoppers; every instance keeps a copy. */
    static final String CONTACTS = "customer.contacts";

    /** Who read which contact, and why. */
    static final String CONTACT_READS = "customer.contact-reads";

    /** The erasures of contacts; every instance keeps a copy. */
    static final String ERASURES = "customer.erasures";

    /** The names and time zones of locations; every instance keeps a copy. */
    static final String LOCATIONS = "inventory.locations";

    /** Each notification, by its id. */
    static final View.Folded<NotificationEvent, NotificationStatus> BY_ID = new View.Folded<>(
            "by-id",
            2,
            NotificationStatus.class,
            recorded -> List.of(new RowKey(recorded.aggregateId(), "")),
            (row, key, recorded) -> NotificationStatus.after(row, recorded));

    /** The notifications of each shopper, by notification id. */
    static final View.Folded<NotificationEvent, NotificationStatus> BY_CUSTOMER = new View.Folded<>(
            "by-customer",
            2,
            NotificationStatus.class,
            recorded -> List.of(new RowKey(recorded.event().customerId(), recorded.aggregateId())),
            (row, key, recorded) -> NotificationStatus.after(row, recorded));

    /**
     * The contents of the mails that call the shopper to ready goods and are still true, by fulfilment. So there is one
     * exactly while the pickup of a known shopper is ready.
     */
    static final View.Index<Notification, NotificationContent> CALLS_TO_PICKUP = new View.Index<>(
            "calls-to-pickup",
            2,
            Notification.class,
            (notificationId, notification) -> {
                NotificationContent call = Notification.callToPickup(notification);
                String fulfilmentId = call == null ? null : call.fulfilmentId();
                return fulfilmentId == null ? null : new RowKey(fulfilmentId, notificationId);
            },
            Notification::callToPickup);

    static final EventBinder<NotificationEvent> EVENTS =
            EventBinder.of(NotificationEvent.class, "dev.mortar.schemas.notification");

    static final EventReader<NotificationProcess.Incoming> INCOMING =
            EventReader.of(NotificationProcess.Incoming.class).ignoring("""
                    OrderPlaced SaleRecorded FulfilmentReserved FulfilmentRejected
                    SourcingRequested SourcingDecided FulfilmentAdded FulfilmentWithdrawn
                    OrderCancellationRequested
                    OrderCancellationRefused FulfilmentHandedOver OrderCompleted OrderReturned
                    FulfilmentDelivered FulfilmentUndelivered
                    PickupRequested PickingStarted PickupLineShort CustomerOnTheWay CustomerArrived
                    PickupCodeRejected PickupCancellationRefused PickupAccepted
                    PickupTaskRejected
                    ParcelPacked ParcelReturned ParcelLost ParcelFound
                    PurchaseRecorded RefundRequested ReturnWindowMoved PurchaseLost
                    NotificationRequested NotificationDue NotificationSending NotificationAttemptFailed
                    NotificationSent NotificationFailed NotificationSuppressed
                    """);

    /** Reads and writes {@code customer.contacts}. */
    static final RecordBinding<PublishedContact> CONTACT =
            RecordBinding.of(PublishedContact.class, CustomerContact.class);

    /** Writes {@code customer.contact-reads}. */
    static final RecordBinding<ContactRead> CONTACT_READ =
            RecordBinding.of(ContactRead.class, dev.mortar.schemas.notification.ContactRead.class);

    /** Reads and writes {@code customer.erasures}. */
    static final RecordBinding<Erasure> ERASURE = RecordBinding.of(Erasure.class, ContactErasure.class);

    /** The record of {@code customer.contacts}. */
    record PublishedContact(String customerId, Contact contact) {}

    private NotificationDefinition() {}

    public static ServiceDefinition<NotificationCommand, Notification, Notification, NotificationEvent> definition() {
        return ServiceDefinition.of(
                        "notification",
                        new NotificationDecider(),
                        NotificationCommand.class,
                        Notification.class,
                        NotificationCommand::notificationId)
                .events(EVENTS)
                .storeVersion(3)
                .deadlines(NotificationDecider::deadline)
                .owner((command, notification) -> Owner.NOBODY)
                .listens(
                        List.of("order.events", "pickup.events", "returns.events", "notification.events"),
                        INCOMING,
                        new NotificationProcess())
                .table(
                        CONTACTS,
                        EventReader.<Contact>create()
                                .on(
                                        CustomerContact.class,
                                        record -> CONTACT.read(record).contact()))
                .table(ERASURES, EventReader.<Erasure>create().on(ContactErasure.class, ERASURE::read))
                .table(
                        LOCATIONS,
                        EventReader.<Location>create()
                                .on(
                                        InventoryLocation.class,
                                        location ->
                                                new Location(location.getName(), ZoneId.of(location.getTimeZone()))))
                .view(BY_ID)
                .view(BY_CUSTOMER)
                .view(CALLS_TO_PICKUP);
    }
}
