package dev.mortar.notification;

import dev.mortar.eventsourcing.View;
import dev.mortar.eventsourcing.View.RowKey;
import dev.mortar.eventsourcing.kafka.ServiceDefinition;
import java.util.List;

/** The wiring of notification-service. */
public final class NotificationDefinition {

    /** The contacts of shoppers; every instance keeps a copy. */
    static final String CONTACTS = "customer.contacts";

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

    private NotificationDefinition() {}

    /** The definition of this service for the kit. */
    public static ServiceDefinition<NotificationCommand, Notification, Notification, NotificationEvent> definition() {
        return ServiceDefinition.of(
                        "notification",
                        new NotificationDecider(),
                        NotificationCommand.class,
                        Notification.class,
                        NotificationCommand::notificationId)
                .events(NotificationAvro.EVENTS)
                .storeVersion(2)
                .deadlines(NotificationDecider::deadline)
                .listens(
                        List.of("order.events", "pickup.events", "returns.events", "notification.events"),
                        NotificationAvro.INCOMING,
                        new NotificationProcess())
                .table(CONTACTS, NotificationAvro.CONTACTS)
                .table(LOCATIONS, NotificationAvro.LOCATIONS)
                .view(BY_ID)
                .view(BY_CUSTOMER);
    }
}
