package dev.mortar.notification;

import static dev.mortar.eventsourcing.testkit.DeciderScenario.scenario;
import static dev.mortar.notification.Examples.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.notification.NotificationCommand.*;
import dev.mortar.notification.NotificationContent.CodeIssue;
import dev.mortar.notification.NotificationContent.Repeat;
import dev.mortar.notification.NotificationProcess.Incoming;
import dev.mortar.notification.NotificationProcess.OfOrder;
import dev.mortar.notification.NotificationProcess.OverdueKind;
import dev.mortar.notification.NotificationProcess.Pickup;
import dev.mortar.notification.NotificationRejection.AttemptNotDue;
import dev.mortar.values.EndReason;
import dev.mortar.values.FulfilmentMethod;
import dev.mortar.values.Money;
import dev.mortar.values.Unit;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NotificationProcessTest {

    private static final OfOrder OF_GUEST = new OfOrder(TRIGGER, ORDER, null);
    private static final Money TOTAL = new Money(129_900, "INR");
    private static final List<NotificationLine> OTHER_LINES =
            List.of(new NotificationLine("TEA-1", "Tea", 250, Unit.GRAM));
    private static final NotificationCommand SUPERSEDE_READY =
            new SupersedeNotification(NotificationId.ofReady(FULFILMENT, CUSTOMER));
    private static final NotificationCommand SUPERSEDE_REMINDER =
            new SupersedeNotification(NotificationId.ofReminder(FULFILMENT, 0, CUSTOMER));

    private static final NotificationCommand SUPERSEDE_DELAY =
            new SupersedeNotification(NotificationId.ofDelay(FULFILMENT, CUSTOMER));

    private static final Pickup DELIVERY =
            new Pickup(TRIGGER, FULFILMENT, ORDER, "store-1", CUSTOMER, FulfilmentMethod.DELIVERY);

    /** Another event about the same fulfilment. */
    private static final Pickup OTHER_DELIVERY =
            new Pickup(new UUID(0, 1), FULFILMENT, ORDER, "store-1", CUSTOMER, FulfilmentMethod.DELIVERY);

    private final NotificationProcess process = new NotificationProcess();

    @Test
    void notifiesAboutAConfirmedOrder() {
        assertThat(process.react(new Incoming.OrderConfirmed(OF_ORDER, LINES, List.of(), TOTAL)))
                .containsExactly(new RequestNotification(
                        NotificationId.ofEvent(TRIGGER, CUSTOMER, Template.ORDER_CONFIRMED), Examples.confirmed()));
    }

    @Test
    void namesTheRejectedLinesOfAConfirmedOrder() {
        NotificationContent content =
                onlyRequest(process.react(new Incoming.OrderConfirmed(OF_ORDER, LINES, OTHER_LINES, TOTAL)));
        assertThat(content.droppedLines()).isEqualTo(OTHER_LINES);
    }

    @Test
    void notifiesAboutARejectedAndACancelledOrder() {
        assertThat(onlyRequest(process.react(new Incoming.OrderRejected(OF_ORDER, EndReason.OUT_OF_STOCK, LINES)))
                        .template())
                .isEqualTo(Template.ORDER_REJECTED);
        assertThat(onlyRequest(process.react(new Incoming.OrderCancelled(OF_ORDER, EndReason.SOLD_AT_TILL, LINES)))
                        .template())
                .isEqualTo(Template.ORDER_CANCELLED);
    }

    @Test
    void givesTheReasonWhyAnOrderEnded() {
        assertThat(onlyRequest(process.react(new Incoming.OrderRejected(OF_ORDER, EndReason.SOLD_AT_TILL, LINES)))
                        .reason())
                .isEqualTo(EndReason.SOLD_AT_TILL);
        assertThat(onlyRequest(process.react(new Incoming.OrderCancelled(OF_ORDER, EndReason.SOLD_AT_TILL, LINES)))
                        .reason())
                .isEqualTo(EndReason.SOLD_AT_TILL);
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "SHORT_PICK",
                "CANCELLED_BY_RETAILER",
                "CANCELLED_BY_SHOPPER",
                "STOCK_SHORTFALL",
                "SOLD_AT_TILL",
                "NOT_TAKEN"
            })
    void notifiesAboutCancelledLinesWithTheReason(EndReason reason) {
        List<NotificationCommand> commands = process.react(linesCancelled(OF_ORDER, reason, false));
        NotificationContent content = onlyRequest(commands);
        assertThat(commands.getFirst().notificationId())
                .isEqualTo(NotificationId.ofEvent(TRIGGER, CUSTOMER, Template.ORDER_LINES_CANCELLED));
        assertThat(content.template()).isEqualTo(Template.ORDER_LINES_CANCELLED);
        assertThat(content.reason()).isEqualTo(reason);
        assertThat(content.lines()).isEqualTo(LINES);
        assertThat(content.amount()).isEqualTo(TOTAL);
        assertThat(content.fulfilmentId()).isEqualTo(FULFILMENT);
    }

    @Test
    void sendsNothingForLinesThatThePickupMailNames() {
        assertThat(process.react(linesCancelled(OF_ORDER, EndReason.NO_SHOW, false)))
                .as("the expired pickup")
                .isEmpty();
        assertThat(process.react(linesCancelled(OF_ORDER, EndReason.NOT_TAKEN, true)))
                .as("the handover of the rest")
                .isEmpty();
    }

    @Test
    void namesTheMissingLinesOfAReadyPickup() {
        List<NotificationCommand> commands =
                process.react(new Incoming.PickupReady(PICKUP, LINES, OTHER_LINES, DEADLINE, FIRST_CODE));
        assertThat(((RequestNotification) commands.getLast()).content().droppedLines())
                .isEqualTo(OTHER_LINES);
    }

    @Test
    void tellsTheShopperThatUnitsNowComeFromAnotherStore() {
        for (FulfilmentMethod method : List.of(FulfilmentMethod.PICKUP, FulfilmentMethod.DELIVERY)) {
            List<NotificationCommand> commands = process.react(moved(OF_ORDER, method, DEADLINE));
            NotificationContent content = onlyRequest(commands);
            assertThat(commands.getFirst().notificationId())
                    .isEqualTo(NotificationId.ofEvent(TRIGGER, CUSTOMER, Template.FULFILMENT_MOVED));
            assertThat(content)
                    .isEqualTo(new NotificationContent(
                            TRIGGER,
                            CUSTOMER,
                            Template.FULFILMENT_MOVED,
                            ORDER,
                            "order-1-2",
                            method,
                            "store-2",
                            LINES,
                            List.of(),
                            null,
                            DEADLINE,
                            null,
                            null,
                            List.of(),
                            null));
        }
        assertThat(onlyRequest(process.react(moved(OF_ORDER, FulfilmentMethod.PICKUP, null)))
                        .pickupDeadline())
                .isNull();
    }

    private static Incoming moved(OfOrder of, FulfilmentMethod method, @Nullable Instant promisedAt) {
        return new Incoming.FulfilmentConfirmed(
                of, new NotificationProcess.Fulfilment("order-1-2", method, "store-2", promisedAt), LINES);
    }

    @Test
    void aRepeatIsANewNotificationAndIsSupersededWithTheFirst() {
        NotificationContent again = Examples.ready().repeated(new Repeat("n-1", 1));
        assertThat(process.react(new Incoming.NotificationRepeated("n-2", again)))
                .containsExactly(new RequestNotification("n-2", again));
        assertThat(process.react(new Incoming.NotificationSuperseded(List.of("n-2", "n-3"))))
                .containsExactly(new SupersedeNotification("n-2"), new SupersedeNotification("n-3"));
    }

    @Test
    void sendsANoShowOnlyForTheExpiredPickup() {
        assertThat(process.react(new Incoming.OrderCancelled(OF_ORDER, EndReason.NO_SHOW, LINES)))
                .isEmpty();
    }

    @Test
    void notifiesThatGoodsAreReady() {
        assertThat(process.react(new Incoming.PickupReady(PICKUP, LINES, List.of(), DEADLINE, FIRST_CODE)))
                .containsExactly(
                        SUPERSEDE_DELAY,
                        new RequestNotification(NotificationId.ofReady(FULFILMENT, CUSTOMER), Examples.ready()));
    }

    @Test
    void tellsTheShopperOfAnyMethodThatThePromiseIsMissed() {
        Pickup delivery = new Pickup(TRIGGER, FULFILMENT, ORDER, "store-1", CUSTOMER, FulfilmentMethod.DELIVERY);
        for (Pickup pickup : List.of(PICKUP, delivery)) {
            List<NotificationCommand> commands = process.react(new Incoming.PickupOverdue(pickup, OverdueKind.PROMISE));
            assertThat(onlyRequest(commands).template()).isEqualTo(Template.PICKUP_DELAYED);
            assertThat(commands.getFirst().notificationId()).isEqualTo(SUPERSEDE_DELAY.notificationId());
            for (OverdueKind other :
                    List.of(OverdueKind.ACCEPT, OverdueKind.PICK, OverdueKind.COURIER, OverdueKind.DELIVERY)) {
                assertThat(process.react(new Incoming.PickupOverdue(pickup, other)))
                        .isEmpty();
            }
        }
    }

    @Test
    void anExtensionSupersedesTheMailsThatOnlyNameTheEarlierDeadline() {
        List<NotificationCommand> first = process.react(new Incoming.PickupDeadlineExtended(PICKUP, DEADLINE, 1));
        assertThat(first).hasSize(2).startsWith(SUPERSEDE_REMINDER);
        RequestNotification mail = (RequestNotification) first.getLast();
        assertThat(mail.notificationId()).isEqualTo(NotificationId.ofExtension(FULFILMENT, 1, CUSTOMER));
        assertThat(mail.content().template()).isEqualTo(Template.PICKUP_EXTENDED);
        assertThat(mail.content().pickupDeadline()).isEqualTo(DEADLINE);

        assertThat(process.react(new Incoming.PickupDeadlineExtended(PICKUP, DEADLINE, 2)))
                .startsWith(SUPERSEDE_REMINDER, supersede(NotificationId.ofReminder(FULFILMENT, 1, CUSTOMER)))
                .contains(supersede(mail.notificationId()))
                .hasSize(4);
    }

    @Test
    void theEndSupersedesTheMailsOfAllExtensions() {
        assertThat(process.react(new Incoming.PickupCancelled(PICKUP, true, 1, 1)))
                .containsExactly(
                        SUPERSEDE_READY,
                        SUPERSEDE_REMINDER,
                        supersede(NotificationId.ofReminder(FULFILMENT, 1, CUSTOMER)),
                        supersede(NotificationId.ofExtension(FULFILMENT, 1, CUSTOMER)));
    }

    @Test
    void theReminderAfterAnExtensionIsAnother() {
        List<NotificationCommand> again =
                process.react(new Incoming.PickupReminderDue(PICKUP, LINES, DEADLINE, FIRST_CODE, 1));
        assertThat(again.getFirst().notificationId())
                .isEqualTo(NotificationId.ofReminder(FULFILMENT, 1, CUSTOMER))
                .isNotEqualTo(SUPERSEDE_REMINDER.notificationId());
    }

    @Test
    void remindsTheShopperOfThePickup() {
        NotificationContent content =
                onlyRequest(process.react(new Incoming.PickupReminderDue(PICKUP, LINES, DEADLINE, FIRST_CODE, 0)));
        assertThat(content.template()).isEqualTo(Template.PICKUP_REMINDER);
        assertThat(content.code()).isEqualTo(FIRST_CODE);
    }

    @Test
    void aReissuedCodeSupersedesTheMailsWithEarlierCodes() {
        List<NotificationCommand> commands =
                process.react(new Incoming.PickupCodeReissued(PICKUP, LINES, DEADLINE, new CodeIssue(3, "k1"), 0));
        assertThat(commands)
                .startsWith(SUPERSEDE_READY, SUPERSEDE_REMINDER, supersedeReissue(2))
                .hasSize(4);
        assertThat(commands.getLast())
                .isInstanceOfSatisfying(
                        RequestNotification.class,
                        request -> assertThat(request.notificationId())
                                .isEqualTo(NotificationId.ofReissue(FULFILMENT, 3, CUSTOMER)));
    }

    @Test
    void aHandoverSupersedesEveryPickupMail() {
        List<NotificationCommand> commands =
                process.react(new Incoming.PickupHandedOver(PICKUP, LINES, OTHER_LINES, 2, 0, List.of()));
        assertThat(commands)
                .startsWith(SUPERSEDE_READY, SUPERSEDE_REMINDER, supersedeReissue(2))
                .hasSize(4);
        NotificationContent content = ((RequestNotification) commands.getLast()).content();
        assertThat(content.template()).isEqualTo(Template.PICKUP_HANDED_OVER);
        assertThat(content.droppedLines()).isEqualTo(OTHER_LINES);
        assertThat(content.code()).isNull();
    }

    @Test
    void aHandoverByOverrideSupersedesTheMailsOfAllReissuedCodes() {
        assertThat(process.react(new Incoming.PickupHandedOver(PICKUP, LINES, List.of(), 3, 0, List.of())))
                .startsWith(SUPERSEDE_READY, SUPERSEDE_REMINDER, supersedeReissue(2), supersedeReissue(3))
                .hasSize(5);
    }

    @Test
    void anOverrideSupersedesAReissuedCodeThatIsNotSentYet() {
        List<NotificationCommand> reissued =
                process.react(new Incoming.PickupCodeReissued(PICKUP, LINES, DEADLINE, new CodeIssue(2, "k1"), 0));
        NotificationCommand mail = reissued.getLast();
        assertThat(mail).isInstanceOf(RequestNotification.class);
        List<NotificationCommand> handedOver =
                process.react(new Incoming.PickupHandedOver(PICKUP, LINES, List.of(), 2, 0, List.of()));

        String mailId = mail.notificationId();
        scenario(new NotificationDecider())
                .givenCommands(mail)
                .givenCommands(handedOver.stream()
                        .filter(command -> command.notificationId().equals(mailId))
                        .toArray(NotificationCommand[]::new))
                .when(new ClaimSend(mailId, 1))
                .thenRejected(new AttemptNotDue(mailId, 1));
    }

    @Test
    void anExpiredPickupSupersedesPickupMailsAndNotifies() {
        List<NotificationCommand> commands = process.react(new Incoming.PickupExpired(PICKUP, LINES, DEADLINE, 2, 0));
        assertThat(commands)
                .startsWith(SUPERSEDE_READY, SUPERSEDE_REMINDER, supersedeReissue(2))
                .hasSize(4);
        assertThat(((RequestNotification) commands.getLast()).content().template())
                .isEqualTo(Template.PICKUP_EXPIRED);
    }

    @Test
    void aWhollyCancelledPickupSupersedesPickupMails() {
        assertThat(process.react(new Incoming.PickupCancelled(PICKUP, true, 2, 0)))
                .containsExactly(SUPERSEDE_READY, SUPERSEDE_REMINDER, supersedeReissue(2));
        assertThat(process.react(new Incoming.PickupCancelled(PICKUP, true, null, 0)))
                .as("before a code was issued")
                .containsExactly(SUPERSEDE_DELAY);
        assertThat(process.react(new Incoming.PickupCancelled(PICKUP, false, 2, 0)))
                .isEmpty();
    }

    @Test
    void notifiesAboutAnAcceptedReturn() {
        NotificationContent content =
                onlyRequest(process.react(new Incoming.ReturnAccepted(OF_ORDER, "store-2", LINES, TOTAL)));
        assertThat(content.template()).isEqualTo(Template.RETURN_ACCEPTED);
        assertThat(content.amount()).isEqualTo(TOTAL);
        assertThat(content.locationId()).isEqualTo("store-2");
    }

    @Test
    void sendsNoPickupMailForADelivery() {
        Pickup delivery = new Pickup(TRIGGER, FULFILMENT, ORDER, "store-1", CUSTOMER, FulfilmentMethod.DELIVERY);
        assertThat(process.react(new Incoming.PickupReady(delivery, LINES, List.of(), null, FIRST_CODE)))
                .containsExactly(SUPERSEDE_DELAY);
        assertThat(process.react(new Incoming.PickupCodeReissued(delivery, LINES, null, FIRST_CODE, 0)))
                .isEmpty();
        assertThat(onlyRequest(process.react(
                                new Incoming.PickupHandedOver(delivery, LINES, List.of(), 1, 0, List.of())))
                        .method())
                .isEqualTo(FulfilmentMethod.DELIVERY);
    }

    @Test
    void aDeliveryNamesTheParcelsThatCanBeTracked() {
        List<NotificationProcess.Parcel> parcels = List.of(
                new NotificationProcess.Parcel("T-1"),
                new NotificationProcess.Parcel(null),
                new NotificationProcess.Parcel("T-2"));
        assertThat(onlyRequest(process.react(new Incoming.PickupHandedOver(DELIVERY, LINES, List.of(), 1, 0, parcels)))
                        .trackingReferences())
                .containsExactly("T-1", "T-2");
    }

    @Test
    void tellsTheShopperThatAParcelWasDelivered() {
        List<NotificationCommand> commands = process.react(new Incoming.ParcelDelivered(DELIVERY, LINES));
        NotificationContent content = onlyRequest(commands);
        assertThat(content.template()).isEqualTo(Template.PARCEL_DELIVERED);
        assertThat(content.lines()).isEqualTo(LINES);
        assertThat(content.fulfilmentId()).isEqualTo(FULFILMENT);
        assertThat(commands.getFirst().notificationId())
                .isNotEqualTo(process.react(new Incoming.ParcelDelivered(OTHER_DELIVERY, LINES))
                        .getFirst()
                        .notificationId());
    }

    @Test
    void tellsTheShopperOfEachAttemptThatFailed() {
        List<NotificationCommand> commands = process.react(new Incoming.DeliveryAttemptFailed(DELIVERY, DEADLINE));
        NotificationContent content = onlyRequest(commands);
        assertThat(content.template()).isEqualTo(Template.DELIVERY_FAILED);
        assertThat(content.pickupDeadline()).isEqualTo(DEADLINE);
        List<NotificationCommand> next = process.react(new Incoming.DeliveryAttemptFailed(OTHER_DELIVERY, null));
        assertThat(onlyRequest(next).pickupDeadline()).isNull();
        assertThat(next.getFirst().notificationId())
                .isNotEqualTo(commands.getFirst().notificationId());
    }

    @Test
    void tellsTheShopperThatAParcelIsLostAndTheMoneyComesBack() {
        List<NotificationCommand> commands =
                process.react(new Incoming.FulfilmentLost(OF_ORDER, FULFILMENT, LINES, TOTAL));
        NotificationContent content = onlyRequest(commands);
        assertThat(content.template()).isEqualTo(Template.PARCEL_LOST);
        assertThat(content.lines()).isEqualTo(LINES);
        assertThat(content.amount()).isEqualTo(TOTAL);
        assertThat(content.fulfilmentId()).isEqualTo(FULFILMENT);
        assertThat(commands.getFirst().notificationId())
                .isEqualTo(NotificationId.ofEvent(TRIGGER, CUSTOMER, Template.PARCEL_LOST));
    }

    @Test
    void sendsNothingToAGuest() {
        Pickup guest = new Pickup(TRIGGER, FULFILMENT, ORDER, "store-1", null, FulfilmentMethod.PICKUP);
        for (Incoming event : List.of(
                new Incoming.OrderConfirmed(OF_GUEST, LINES, List.of(), TOTAL),
                new Incoming.OrderRejected(OF_GUEST, EndReason.OUT_OF_STOCK, LINES),
                new Incoming.OrderCancelled(OF_GUEST, EndReason.NOT_TAKEN, LINES),
                linesCancelled(OF_GUEST, EndReason.SHORT_PICK, false),
                moved(OF_GUEST, FulfilmentMethod.PICKUP, DEADLINE),
                new Incoming.PickupOverdue(guest, OverdueKind.PROMISE),
                new Incoming.PickupDeadlineExtended(guest, DEADLINE, 1),
                new Incoming.PickupReady(guest, LINES, List.of(), DEADLINE, FIRST_CODE),
                new Incoming.PickupReminderDue(guest, LINES, DEADLINE, FIRST_CODE, 0),
                new Incoming.PickupCodeReissued(guest, LINES, DEADLINE, FIRST_CODE, 0),
                new Incoming.PickupHandedOver(guest, LINES, List.of(), 1, 0, List.of()),
                new Incoming.PickupExpired(guest, LINES, DEADLINE, 2, 0),
                new Incoming.PickupCancelled(guest, true, 2, 0),
                new Incoming.ParcelDelivered(guest, LINES),
                new Incoming.DeliveryAttemptFailed(guest, DEADLINE),
                new Incoming.FulfilmentLost(OF_GUEST, FULFILMENT, LINES, TOTAL),
                new Incoming.ReturnAccepted(OF_GUEST, "store-2", LINES, TOTAL))) {
            assertThat(process.react(event)).as(event.toString()).isEmpty();
        }
    }

    @Test
    void derivesTheIdFromTheEvent() {
        assertThat(NotificationId.ofEvent(TRIGGER, CUSTOMER, Template.ORDER_CONFIRMED))
                .isEqualTo(NotificationId.ofEvent(TRIGGER, CUSTOMER, Template.ORDER_CONFIRMED))
                .isNotEqualTo(NotificationId.ofEvent(TRIGGER, "customer-8", Template.ORDER_CONFIRMED))
                .isNotEqualTo(NotificationId.ofEvent(TRIGGER, CUSTOMER, Template.ORDER_REJECTED));
    }

    private static Incoming linesCancelled(OfOrder of, EndReason reason, boolean withHandover) {
        return new Incoming.OrderLinesCancelled(of, FULFILMENT, reason, LINES, TOTAL, withHandover ? 1 : 0);
    }

    private static NotificationCommand supersede(String notificationId) {
        return new SupersedeNotification(notificationId);
    }

    private static NotificationCommand supersedeReissue(int issue) {
        return new SupersedeNotification(NotificationId.ofReissue(FULFILMENT, issue, CUSTOMER));
    }

    private static NotificationContent onlyRequest(List<NotificationCommand> commands) {
        assertThat(commands).singleElement().isInstanceOf(RequestNotification.class);
        return ((RequestNotification) commands.getFirst()).content();
    }
}
