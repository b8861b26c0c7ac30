package dev.mortar.systemtests;

import static dev.mortar.systemtests.Shop.line;
import static dev.mortar.systemtests.Shop.newKey;
import static dev.mortar.systemtests.Shop.newSku;
import static dev.mortar.systemtests.Shop.pickupOrder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.systemtests.Shop.Shopper;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Two parties want the same thing, and only one can have it. */
class ContestStoryIT {

    private static final int SHOPPERS = 50;
    private static final int RACES = 4;

    private final Shop shop = Shop.open();

    @Test
    void ofFiftyShoppersWhoWantTheLastUnitExactlyOneGetsItAndTheOthersAreToldThereIsNone() {
        String sku = newSku();
        String store = shop.storeWith(sku, 1);

        List<String> orders =
                Together.times(SHOPPERS, number -> shop.place(pickupOrder(Shop.stranger(), store, sku, 1)));

        assertThat(orders).doesNotHaveDuplicates();
        List<Answer> decided = orders.stream()
                .map(orderId -> Shop.awaitAnswer(
                        "order " + orderId + " is decided",
                        () -> shop.order(orderId),
                        answer ->
                                answer.status() == 200 && !answer.text("/state").equals("PLACED")))
                .toList();
        assertThat(decided)
                .filteredOn(order -> order.text("/state").equals("CONFIRMED"))
                .hasSize(1);
        assertThat(decided)
                .filteredOn(order -> order.text("/state").equals("REJECTED"))
                .hasSize(SHOPPERS - 1)
                .allSatisfy(order -> {
                    assertThat(order.text("/reason")).isEqualTo("OUT_OF_STOCK");
                    assertThat(order.number("/shortages/0/requested")).isEqualTo(1);
                    assertThat(order.number("/shortages/0/available")).isZero();
                });
        shop.awaitStock(store, sku, 1, 1);
    }

    @Test
    void aTillSellsAPromisedUnitAndTheYoungestOrderThatIsNotPickedLosesIt() {
        String sku = newSku();
        String store = shop.storeWith(sku, 3);
        Shopper picked = shop.shopper();
        Shopper elder = shop.shopper();
        Shopper youngest = shop.shopper();
        String elderOrder = shop.confirmed(pickupOrder(elder, store, sku, 1));
        String youngestOrder = shop.confirmed(pickupOrder(youngest, store, sku, 1));
        String pickedOrder = shop.confirmed(pickupOrder(picked, store, sku, 1));
        shop.pick(pickedOrder + "-1");
        shop.ready(pickedOrder + "-1");
        Shop.awaitAnswer(
                "inventory knows it is picked",
                () -> shop.stock(store, sku),
                stock -> new Seen(store).has("ReservationPicked"));

        Answer sale = shop.post(
                        "order",
                        "/v1/sales",
                        newKey(),
                        Shop.sale("till-" + newKey(), "1", store, Instant.now().toString(), sku, 1))
                .is(201);

        assertThat(sale.text("/state")).isEqualTo("COMPLETED");
        Answer cancelled = shop.awaitOrder(youngestOrder, "CANCELLED");
        assertThat(cancelled.text("/reason")).isEqualTo("SOLD_AT_TILL");
        shop.awaitPickup(youngestOrder + "-1", "CANCELLED");
        assertThat(shop.awaitMail(youngest, "Your order is cancelled").text())
                .contains(youngestOrder, "It was sold at a till");
        shop.awaitStock(store, sku, 2, 2);
        assertThat(new Seen(store).types()).contains("StockShortfallDetected", "ReservationBroken");
        assertThat(shop.order(elderOrder).text("/state")).isEqualTo("CONFIRMED");
        shop.handOver(pickedOrder + "-1", shop.codeMailedTo(picked, pickedOrder))
                .is(200);
        shop.fetch(elderOrder, elder);
        shop.awaitStock(store, sku, 0, 0);
    }

    @Test
    void aTillTakesOneOfThreePromisedUnitsAndTheShopperGetsTheOthers() {
        Shopper shopper = shop.shopper();
        String sku = newSku();
        String store = shop.storeWith(sku, 3);
        String orderId = shop.confirmed(pickupOrder(shopper, store, sku, 3));
        shop.awaitPickup(orderId + "-1", "REQUESTED");
        Shop.awaitAnswer(
                "the reservation is confirmed",
                () -> shop.stock(store, sku),
                stock -> new Seen(store).has("ReservationConfirmed"));

        shop.post(
                        "order",
                        "/v1/sales",
                        newKey(),
                        Shop.sale("till-" + newKey(), "1", store, Instant.now().toString(), sku, 1))
                .is(201);

        Shop.awaitAnswer(
                "one unit is cancelled", () -> shop.order(orderId), answer -> answer.number("/lines/0/cancelled") == 1);
        shop.awaitStock(store, sku, 2, 2);
        assertThat(new Seen(store).types()).contains("ReservationReduced").doesNotContain("ReservationBroken");
        shop.fetch(orderId, shopper);
        assertThat(shop.awaitOrder(orderId, "COMPLETED").number("/lines/0/handedOver"))
                .isEqualTo(2);
        shop.awaitStock(store, sku, 0, 0);
    }

    @Test
    void cancellingAndHandingOverAtTheSameMomentHasOneWinnerAndTheStockAgrees() {
        String sku = newSku();
        String store = shop.storeWith(sku, RACES);
        List<String> orders = IntStream.range(0, RACES)
                .mapToObj(race -> shop.confirmed(pickupOrder(Shop.stranger(), store, sku, 1)))
                .toList();
        orders.forEach(orderId -> {
            shop.pick(orderId + "-1");
            shop.ready(orderId + "-1");
        });

        int handedOver = 0;
        for (String orderId : orders) {
            List<Answer> race = Together.all(List.of(
                    () -> shop.cancel(orderId, newKey(), Map.of("reason", "CANCELLED_BY_SHOPPER")),
                    () -> shop.atCounter(orderId + "-1", "handover", Shop.override())));
            Answer cancel = race.getFirst();
            Answer handover = race.getLast();
            if (handover.status() == 200) {
                handedOver++;
                shop.awaitOrder(orderId, "COMPLETED");
                shop.awaitPickup(orderId + "-1", "HANDED_OVER");
                if (cancel.is(200, 409).status() == 200) {
                    assertThat(cancel.text("/cancellations/0/refusedBy/0")).isIn(orderId + "-1", "");
                }
            } else {
                handover.is(409);
                cancel.is(200);
                shop.awaitOrder(orderId, "CANCELLED");
                shop.awaitPickup(orderId + "-1", "CANCELLED");
            }
        }
        shop.awaitStock(store, sku, RACES - handedOver, 0);
    }

    @Test
    void whatWasHandedOverCannotBeCancelledAndWhatWasCancelledIsNotHandedOver() {
        Shopper shopper = shop.shopper();
        String sku = newSku();
        String store = shop.storeWith(sku, 2);
        String kept = shop.bought(shopper, store, sku, 1);
        String cancelled = shop.confirmed(pickupOrder(shopper, store, sku, 1));
        shop.pick(cancelled + "-1");
        shop.ready(cancelled + "-1");
        String code = shop.codeMailedTo(shopper, cancelled);

        shop.cancel(kept, newKey(), Map.of()).is(409);
        shop.cancel(cancelled, newKey(), Map.of()).is(200);
        shop.awaitOrder(cancelled, "CANCELLED");
        assertThat(shop.handOver(cancelled + "-1", code).is(409).text("/state")).isEqualTo("CANCELLED");
        shop.awaitStock(store, sku, 1, 0);
    }

    @Test
    void aPickThatFindsTooLittleHandsOverTheRestAndTheBookLearnsOfIt() {
        Shopper shopper = shop.shopper();
        String sku = newSku();
        String other = newSku();
        String store = shop.storeWith(sku, 3);
        shop.receive(store, other, 1);
        String orderId = shop.confirmed(pickupOrder(shopper, store, List.of(line("1", sku, 2), line("2", other, 1))));
        String fulfilment = orderId + "-1";

        shop.pick(fulfilment);
        shop.atCounter(fulfilment, "short", Map.of("lineId", "1", "quantity", 1, "reason", "NOT_FOUND"))
                .is(200);
        shop.atCounter(fulfilment, "short", Map.of("lineId", "2", "quantity", 1, "reason", "DAMAGED"))
                .is(200);

        Shop.awaitAnswer(
                "the order knows",
                () -> shop.order(orderId),
                order -> order.number("/lines/0/cancelled") == 1 && order.number("/lines/1/cancelled") == 1);
        shop.awaitStock(store, sku, 2, 1);
        shop.awaitStock(store, other, 0, 0);
        shop.ready(fulfilment);
        shop.handOver(fulfilment, shop.codeMailedTo(shopper, orderId)).is(200);
        assertThat(shop.awaitOrder(orderId, "COMPLETED").number("/lines/0/handedOver"))
                .isEqualTo(1);
        shop.awaitStock(store, sku, 1, 0);
    }

    @Test
    void theDeadlineOfAPickupWaitsUntilTheStoreHasBeenOpenAgain() {
        String sku = newSku();
        String store = shop.storeWith(sku, 1);
        // In Reykjavik it is UTC all year. The store opens in two hours for one, but not on the first of these dates.
        LocalDateTime opens = LocalDateTime.now(ZoneOffset.UTC).plusHours(2).truncatedTo(ChronoUnit.MINUTES);
        LocalDateTime closes = opens.plusHours(1);
        shop.register(
                store,
                Shop.everyDay(
                        opens.toLocalTime().toString(), closes.toLocalTime().toString()),
                List.of(Map.of("date", opens.toLocalDate().toString())));
        String orderId = shop.confirmed(pickupOrder(shop.shopper(), store, sku, 1));
        shop.pick(orderId + "-1");

        Answer ready = shop.atCounter(orderId + "-1", "ready", Map.of("pickupWithinSeconds", 60));

        ready.is(200);
        assertThat(Instant.parse(ready.text("/staged/pickupDeadline")))
                .isEqualTo(closes.plusDays(1).toInstant(ZoneOffset.UTC));
    }

    @Test
    void whatNobodyFetchesGoesBackOnTheShelfAfterAReminder() {
        Shopper shopper = shop.shopper();
        String sku = newSku();
        String store = shop.storeWith(sku, 1);
        String orderId = shop.confirmed(pickupOrder(shopper, store, sku, 1));
        shop.pick(orderId + "-1");
        shop.atCounter(orderId + "-1", "ready", Map.of("pickupWithinSeconds", 5))
                .is(200);
        shop.awaitStock(store, sku, 1, 1);

        Answer cancelled = shop.awaitOrder(orderId, "CANCELLED");

        assertThat(cancelled.text("/reason")).isEqualTo("NO_SHOW");
        shop.awaitPickup(orderId + "-1", "EXPIRED");
        shop.awaitStock(store, sku, 1, 0);
        shop.awaitMail(shopper, "was not picked up");
        try (var log = new Log(TheStack.get().client())) {
            assertThat(log.eventsOf("pickup.events", orderId + "-1"))
                    .extracting(Log.Entry::type)
                    .containsExactly(
                            "PickupRequested", "PickingStarted", "PickupReady", "PickupReminderDue", "PickupExpired");
        }
        shop.atCounter(orderId + "-1", "handover", Shop.override()).is(409);
    }

    @Test
    void fiveWrongCodesLockThePickupUntilACodeIsReissued() {
        Shopper shopper = shop.shopper();
        String sku = newSku();
        String store = shop.storeWith(sku, 1);
        String orderId = shop.confirmed(pickupOrder(shopper, store, sku, 1));
        String fulfilment = orderId + "-1";
        shop.pick(fulfilment);
        shop.ready(fulfilment);
        String code = shop.codeMailedTo(shopper, orderId);
        String wrong = code.startsWith("0000") ? "11111111" : "00000000";

        for (int left = 4; left >= 0; left--) {
            assertThat(shop.handOver(fulfilment, wrong).is(403).number("/attemptsLeft"))
                    .isEqualTo(left);
        }
        shop.handOver(fulfilment, code).is(409);
        shop.post("pickup", "/v1/pickups/" + fulfilment + "/code", newKey(), null)
                .is(200);
        shop.awaitMail(shopper, "Your new pickup code");
        shop.handOver(fulfilment, code).is(403);
        shop.atCounter(fulfilment, "handover", Shop.override()).is(200);
        shop.awaitOrder(orderId, "COMPLETED");
    }

    /** The events of a store in the log. */
    private record Seen(String store) {
        List<String> types() {
            try (var log = new Log(TheStack.get().client())) {
                return log.eventsOf("inventory.events", store).stream()
                        .map(Log.Entry::type)
                        .toList();
            }
        }

        boolean has(String type) {
            return types().contains(type);
        }
    }
}
