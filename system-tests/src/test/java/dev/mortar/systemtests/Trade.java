package dev.mortar.systemtests;

import static dev.mortar.systemtests.Shop.newKey;
import static dev.mortar.systemtests.Shop.newSku;
import static dev.mortar.systemtests.Shop.pickupOrder;
import static dev.mortar.systemtests.Shop.returned;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.systemtests.Shop.Shopper;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.SoftAssertions;

/**
 * Shoppers who buy one unit each in one store, fetch it and bring every second one back, whatever happens meanwhile:
 * they make each request again, with the same key, until it is answered. At the end everything has to add up.
 */
final class Trade implements AutoCloseable {

    /** How far a shopper is. */
    enum Step {
        PLACED,
        CONFIRMED,
        READY,
        COMPLETED,
        RETURNED
    }

    private record Purchase(Shopper shopper, String orderId) {}

    private final Shop shop;
    private final String sku = newSku();
    private final String store;
    private final int shoppers;
    private final List<CompletableFuture<Purchase>> purchases = new ArrayList<>();
    private final List<Step> steps = new CopyOnWriteArrayList<>();
    private final AtomicInteger broughtBack = new AtomicInteger();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    private Trade(Shop shop, int shoppers) {
        this.shop = shop;
        this.shoppers = shoppers;
        this.store = shop.storeWith(sku, shoppers);
    }

    /** Begins with so many shoppers at once. */
    static Trade begin(Shop shop, int shoppers) {
        var trade = new Trade(shop, shoppers);
        for (int number = 0; number < shoppers; number++) {
            boolean returns = number % 2 == 0;
            Shopper shopper = shop.shopper();
            trade.purchases.add(CompletableFuture.supplyAsync(() -> trade.buy(shopper, returns), trade.threads));
        }
        return trade;
    }

    private Purchase buy(Shopper shopper, boolean returns) {
        String orderId = shop.place(pickupOrder(shopper, store, sku, 1));
        steps.add(Step.PLACED);
        shop.awaitOrder(orderId, "CONFIRMED");
        steps.add(Step.CONFIRMED);
        String fulfilment = orderId + "-1";
        shop.awaitPickup(fulfilment, "REQUESTED");
        shop.pick(fulfilment);
        shop.ready(fulfilment);
        steps.add(Step.READY);
        shop.handOver(fulfilment, shop.codeMailedTo(shopper, orderId)).is(200);
        shop.awaitOrder(orderId, "COMPLETED");
        steps.add(Step.COMPLETED);
        if (returns) {
            shop.awaitReturnable(orderId);
            String key = newKey();
            Shop.insist(() -> shop.bringBack(orderId, key, returned(store, "1", 1, "RESTOCK")))
                    .is(200, 201);
            broughtBack.incrementAndGet();
            steps.add(Step.RETURNED);
        }
        return new Purchase(shopper, orderId);
    }

    /** How many shoppers have come as far as this. */
    long reached(Step step) {
        return steps.stream().filter(step::equals).count();
    }

    /** Waits until all shoppers are done, and checks that everything happened exactly once. */
    void finish(Log log) throws ExecutionException, InterruptedException, TimeoutException {
        List<Purchase> done = new ArrayList<>();
        for (CompletableFuture<Purchase> purchase : purchases) {
            done.add(purchase.get(3 * Shop.PATIENCE.toSeconds(), TimeUnit.SECONDS));
        }
        shop.awaitStock(store, sku, broughtBack.get(), 0);
        log.awaitQuiet();
        assertThat(log.deadLetters()).isEmpty();
        List<Log.Entry> events = log.read(List.of("order.events"));
        SoftAssertions.assertSoftly(softly -> done.forEach(purchase -> {
            softly.assertThat(events)
                    .filteredOn(event -> event.key().equals(purchase.orderId()))
                    .extracting(Log.Entry::type)
                    .startsWith("OrderPlaced", "OrderConfirmed")
                    .doesNotHaveDuplicates()
                    .contains("FulfilmentHandedOver", "OrderCompleted");
            // A send that nobody knows the outcome of is made once more, under the same id: a mailbox shows it once.
            softly.assertThat(shop.mailsTo(purchase.shopper()).stream()
                            .map(mail -> mail.subject() + " " + mail.messageId())
                            .distinct()
                            .map(mail -> mail.substring(0, mail.indexOf(" <"))))
                    .contains(
                            "Your order is confirmed",
                            "Your order is ready for pickup",
                            "You have picked up your order")
                    .doesNotHaveDuplicates();
        }));
        assertThat(events.stream()
                        .filter(event -> event.type().equals("OrderPlaced"))
                        .filter(event ->
                                done.stream().anyMatch(purchase -> event.key().equals(purchase.orderId()))))
                .hasSize(shoppers);
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
