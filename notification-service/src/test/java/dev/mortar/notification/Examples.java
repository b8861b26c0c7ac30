package dev.mortar.notification;

import dev.mortar.notification.NotificationContent.CodeIssue;
import dev.mortar.notification.NotificationProcess.OfOrder;
import dev.mortar.notification.NotificationProcess.Pickup;
import dev.mortar.values.FulfilmentMethod;
import dev.mortar.values.Money;
import dev.mortar.values.Unit;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** Example values that the tests share. */
final class Examples {

    static final UUID TRIGGER = UUID.fromString("0b5c8c1e-8f5b-5a63-9a52-0d7c2a0f4b11");
    static final String CUSTOMER = "customer-7";
    static final String ORDER = "order-1";
    static final String FULFILMENT = "order-1-1";
    static final Instant DEADLINE = Instant.parse("2026-06-05T12:30:00Z");
    static final CodeIssue FIRST_CODE = new CodeIssue(1, "k1");
    static final List<NotificationLine> LINES =
            List.of(new NotificationLine("MUG-1", "Mug <\"Tom & Jerry\">", 2, Unit.EACH));
    static final OfOrder OF_ORDER = new OfOrder(TRIGGER, ORDER, CUSTOMER);
    static final Pickup PICKUP = new Pickup(TRIGGER, FULFILMENT, ORDER, "store-1", CUSTOMER, FulfilmentMethod.PICKUP);

    private Examples() {}

    static NotificationContent confirmed() {
        return new NotificationContent(
                TRIGGER,
                CUSTOMER,
                Template.ORDER_CONFIRMED,
                ORDER,
                null,
                null,
                null,
                LINES,
                List.of(),
                new Money(129_900, "INR"),
                null,
                null,
                null,
                List.of(),
                null);
    }

    static NotificationContent ready() {
        return new NotificationContent(
                TRIGGER,
                CUSTOMER,
                Template.PICKUP_READY,
                ORDER,
                FULFILMENT,
                FulfilmentMethod.PICKUP,
                "store-1",
                LINES,
                List.of(),
                null,
                DEADLINE,
                FIRST_CODE,
                null,
                List.of(),
                null);
    }
}
