package dev.mortar.notification;

import static dev.mortar.eventsourcing.testkit.DeciderScenario.scenario;
import static dev.mortar.notification.Examples.CUSTOMER;
import static dev.mortar.notification.Examples.DEADLINE;
import static dev.mortar.notification.Examples.FIRST_CODE;
import static dev.mortar.notification.Examples.FULFILMENT;
import static dev.mortar.notification.Examples.LINES;
import static dev.mortar.notification.Examples.ORDER;
import static dev.mortar.notification.Examples.PICKUP;
import static dev.mortar.notification.Examples.TRIGGER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.notification.NotificationCommand.ClaimSend;
import dev.mortar.notification.NotificationCommand.RequestNotification;
import dev.mortar.notification.NotificationCommand.SupersedeNotification;
import dev.mortar.notification.NotificationContent.CodeIssue;
import dev.mortar.notification.NotificationContent.Repeat;
import dev.mortar.notification.NotificationProcess.Incoming;
import dev.mortar.notification.NotificationProcess.Pickup;
import dev.mortar.notification.NotificationRejection.AttemptNotDue;
import dev.mortar.values.EndReason;
import dev.mortar.values.FulfilmentMethod;
import dev.mortar.values.Money;
import dev.mortar.values.Unit;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NotificationProcessTest {

    private static final UUID HANDOVER = UUID.fromString("6f3b1b0e-7e57-5000-8000-000000000002");
    private static final Money TOTAL = new Money(129_900, "INR");
    private static final List<NotificationLine> OTHER_LINES =
            List.of(new NotificationLine("TEA-1", "Tea", 250, Unit.GRAM));
    private static final NotificationCommand SUPERSEDE_READY =
            new SupersedeNotification(NotificationId.ofReady(FULFILMENT, CUSTOMER));
    private static final NotificationCommand SUPERSEDE_REMINDER =
            new SupersedeNotification(NotificationId.ofReminder(FULFILMENT, CUSTOMER));

    private final NotificationProcess process = new NotificationProcess();

    @Test
    void notifiesAboutAConfirmedOrder() {
        assertThat(process.react(new Incoming.OrderConfirmed(TRIGGER, ORDER, CUSTOMER, LINES, List.of(), TOTAL)))
                .containsExactly(new RequestNotification(
                        NotificationId.ofEvent(TRIGGER, CUSTOMER, Template.ORDER_CONFIRMED), Examples.confirmed()));
    }

    @Test
    void namesTheRejectedLinesOfAConfirmedOrder() {
        NotificationContent content = onlyRequest(
                process.react(new Incoming.OrderConfirmed(TRIGGER, ORDER, CUSTOMER, LINES, OTHER_LINES, TOTAL)));
        assertThat(content.droppedLines()).isEqualTo(OTHER_LINES);
    }

    @Test
    void notifiesAboutARejectedAndACancelledOrder() {
        assertThat(onlyRequest(process.react(
                                new Incoming.OrderRejected(TRIGGER, ORDER, CUSTOMER, EndReason.OUT_OF_STOCK, LINES)))
                        .template())
                .isEqualTo(Template.ORDER_REJECTED);
        assertThat(onlyRequest(process.react(
                                new Incoming.OrderCancelled(TRIGGER, ORDER, CUSTOMER, EndReason.SOLD_AT_TILL, LINES)))
                        .template())
                .isEqualTo(Template.ORDER_CANCELLED);
    }

    @Test
    void givesTheReasonWhyAnOrderEnded() {
        assertThat(onlyRequest(process.react(
                                new Incoming.OrderRejected(TRIGGER, ORDER, CUSTOMER, EndReason.SOLD_AT_TILL, LINES)))
                        .reason())
                .isEqualTo(EndReason.SOLD_AT_TILL);
        assertThat(onlyRequest(process.react(
                                new Incoming.OrderCancelled(TRIGGER, ORDER, CUSTOMER, EndReason.SOLD_AT_TILL, LINES)))
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
        List<NotificationCommand> commands = process.react(linesCancelled(CUSTOMER, reason, false));
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
        assertThat(process.react(linesCancelled(CUSTOMER, EndReason.NO_SHOW, false)))
                .as("the expired pickup")
                .isEmpty();
        assertThat(process.react(linesCancelled(CUSTOMER, EndReason.NOT_TAKEN, true)))
                .as("the handover of the rest")
                .isEmpty();
    }

    @Test
    void namesTheMissingLinesOfAReadyPickup() {
        assertThat(onlyRequest(process.react(
                                new Incoming.PickupReady(TRIGGER, PICKUP, LINES, OTHER_LINES, DEADLINE, FIRST_CODE)))
                        .droppedLines())
                .isEqualTo(OTHER_LINES);
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
        assertThat(process.react(new Incoming.OrderCancelled(TRIGGER, ORDER, CUSTOMER, EndReason.NO_SHOW, LINES)))
                .isEmpty();
    }

    @Test
    void notifiesThatGoodsAreReady() {
        assertThat(process.react(new Incoming.PickupReady(TRIGGER, PICKUP, LINES, List.of(), DEADLINE, FIRST_CODE)))
                .containsExactly(
                        new RequestNotification(NotificationId.ofReady(FULFILMENT, CUSTOMER), Examples.ready()));
    }

    @Test
    void remindsTheShopperOfThePickup() {
        NotificationContent content = onlyRequest(
                process.react(new Incoming.PickupReminderDue(TRIGGER, PICKUP, LINES, DEADLINE, FIRST_CODE)));
        assertThat(content.template()).isEqualTo(Template.PICKUP_REMINDER);
        assertThat(content.code()).isEqualTo(FIRST_CODE);
    }

    @Test
    void aReissuedCodeSupersedesTheMailsWithEarlierCodes() {
        List<NotificationCommand> commands = process.react(
                new Incoming.PickupCodeReissued(TRIGGER, PICKUP, LINES, DEADLINE, new CodeIssue(3, "k1")));
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
                process.react(new Incoming.PickupHandedOver(TRIGGER, PICKUP, LINES, OTHER_LINES, 2));
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
        assertThat(process.react(new Incoming.PickupHandedOver(TRIGGER, PICKUP, LINES, List.of(), 3)))
                .startsWith(SUPERSEDE_READY, SUPERSEDE_REMINDER, supersedeReissue(2), supersedeReissue(3))
                .hasSize(5);
    }

    @Test
    void anOverrideSupersedesAReissuedCodeThatIsNotSentYet() {
        List<NotificationCommand> reissued = process.react(
                new Incoming.PickupCodeReissued(TRIGGER, PICKUP, LINES, DEADLINE, new CodeIssue(2, "k1")));
        NotificationCommand mail = reissued.getLast();
        assertThat(mail).isInstanceOf(RequestNotification.class);
        List<NotificationCommand> handedOver =
                process.react(new Incoming.PickupHandedOver(HANDOVER, PICKUP, LINES, List.of(), 2));

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
        List<NotificationCommand> commands =
                process.react(new Incoming.PickupExpired(TRIGGER, PICKUP, LINES, DEADLINE, 2));
        assertThat(commands)
                .startsWith(SUPERSEDE_READY, SUPERSEDE_REMINDER, supersedeReissue(2))
                .hasSize(4);
        assertThat(((RequestNotification) commands.getLast()).content().template())
                .isEqualTo(Template.PICKUP_EXPIRED);
    }

    @Test
    void aWhollyCancelledPickupSupersedesPickupMails() {
        assertThat(process.react(new Incoming.PickupCancelled(PICKUP, true, 2)))
                .containsExactly(SUPERSEDE_READY, SUPERSEDE_REMINDER, supersedeReissue(2));
        assertThat(process.react(new Incoming.PickupCancelled(PICKUP, true, null)))
                .as("before a code was issued")
                .containsExactly(SUPERSEDE_READY, SUPERSEDE_REMINDER);
        assertThat(process.react(new Incoming.PickupCancelled(PICKUP, false, 2)))
                .isEmpty();
    }

    @Test
    void notifiesAboutAnAcceptedReturn() {
        NotificationContent content = onlyRequest(
                process.react(new Incoming.ReturnAccepted(TRIGGER, ORDER, CUSTOMER, "store-2", LINES, TOTAL)));
        assertThat(content.template()).isEqualTo(Template.RETURN_ACCEPTED);
        assertThat(content.amount()).isEqualTo(TOTAL);
        assertThat(content.locationId()).isEqualTo("store-2");
    }

    @Test
    void sendsNoPickupMailForADelivery() {
        Pickup delivery = new Pickup(FULFILMENT, ORDER, "store-1", CUSTOMER, FulfilmentMethod.DELIVERY);
        assertThat(process.react(new Incoming.PickupReady(TRIGGER, delivery, LINES, List.of(), null, FIRST_CODE)))
                .isEmpty();
        assertThat(process.react(new Incoming.PickupCodeReissued(TRIGGER, delivery, LINES, null, FIRST_CODE)))
                .isEmpty();
        assertThat(onlyRequest(process.react(new Incoming.PickupHandedOver(TRIGGER, delivery, LINES, List.of(), 1)))
                        .method())
                .isEqualTo(FulfilmentMethod.DELIVERY);
    }

    @Test
    void sendsNothingToAGuest() {
        Pickup guest = new Pickup(FULFILMENT, ORDER, "store-1", null, FulfilmentMethod.PICKUP);
        for (Incoming event : List.of(
                new Incoming.OrderConfirmed(TRIGGER, ORDER, null, LINES, List.of(), TOTAL),
                new Incoming.OrderRejected(TRIGGER, ORDER, null, EndReason.OUT_OF_STOCK, LINES),
                new Incoming.OrderCancelled(TRIGGER, ORDER, null, EndReason.NOT_TAKEN, LINES),
                linesCancelled(null, EndReason.SHORT_PICK, false),
                new Incoming.PickupReady(TRIGGER, guest, LINES, List.of(), DEADLINE, FIRST_CODE),
                new Incoming.PickupReminderDue(TRIGGER, guest, LINES, DEADLINE, FIRST_CODE),
                new Incoming.PickupCodeReissued(TRIGGER, guest, LINES, DEADLINE, FIRST_CODE),
                new Incoming.PickupHandedOver(TRIGGER, guest, LINES, List.of(), 1),
                new Incoming.PickupExpired(TRIGGER, guest, LINES, DEADLINE, 2),
                new Incoming.PickupCancelled(guest, true, 2),
                new Incoming.ReturnAccepted(TRIGGER, ORDER, null, "store-2", LINES, TOTAL))) {
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

    private static Incoming linesCancelled(@Nullable String customerId, EndReason reason, boolean withHandover) {
        return new Incoming.OrderLinesCancelled(
                TRIGGER, ORDER, FULFILMENT, customerId, reason, LINES, TOTAL, withHandover ? 1 : 0);
    }

    private static NotificationCommand supersedeReissue(int issue) {
        return new SupersedeNotification(NotificationId.ofReissue(FULFILMENT, issue, CUSTOMER));
    }

    private static NotificationContent onlyRequest(List<NotificationCommand> commands) {
        assertThat(commands).singleElement().isInstanceOf(RequestNotification.class);
        return ((RequestNotification) commands.getFirst()).content();
    }
}
