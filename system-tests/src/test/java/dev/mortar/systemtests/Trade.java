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

    /** The purchase of one shopper. */
    record Purchase(Shopper shopper, String orderId) {}

    private final Shop shop;
    private final String sku = newSku();
    private final String store;
    private final int shoppers;
    private final boolean withCodes;
    private final List<CompletableFuture<Purchase>> purchases = new ArrayList<>();
    private final List<Step> steps = new CopyOnWriteArrayList<>();
    private final AtomicInteger broughtBack = new AtomicInteger();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    private Trade(Shop shop, int shoppers, boolean withCodes) {
        this.shop = shop;
        this.shoppers = shoppers;
        this.withCodes = withCodes;
        this.store = shop.storeWith(sku, shoppers);
    }

    /** Begins with so many shoppers at once. */
    static Trade begin(Shop shop, int shoppers) {
        return new Trade(shop, shoppers, true).begun();
    }

    /** The same with associates who hand over without asking for the code, because mails may be late. */
    static Trade withoutCodes(Shop shop, int shoppers) {
        return new Trade(shop, shoppers, false).begun();
    }

    private Trade begun() {
        for (int number = 0; number < shoppers; number++) {
            boolean returns = number % 2 == 0;
            Shopper shopper = shop.shopper();
            purchases.add(CompletableFuture.supplyAsync(() -> buy(shopper, returns), threads));
        }
        return this;
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
        (withCodes
                        ? shop.handOver(fulfilment, shop.codeMailedTo(shopper, orderId))
                        : shop.atCounter(fulfilment, "handover", Shop.override()))
                .is(200);
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

    /** Waits until all shoppers are done, and checks that everything happened, and was mailed, exactly once. */
    void finish(Log log) throws ExecutionException, InterruptedException, TimeoutException {
        List<Purchase> done = finishGoods(log);
        log.awaitQuiet();
        assertThat(done)
                .allSatisfy(purchase -> assertThat(shop.mailsTo(purchase.shopper()).stream()
                                // A send of unknown outcome is made once more under the same id: a mailbox shows it
                                // once.
                                .map(mail -> mail.subject() + " " + mail.messageId())
                                .distinct()
                                .map(mail -> mail.substring(0, mail.indexOf(" <"))))
                        .contains(
                                "Your order is confirmed",
                                "Your order is ready for pickup",
                                "You have picked up your order")
                        .doesNotHaveDuplicates());
    }

    /** The same but for mails; gives the purchases. */
    List<Purchase> finishGoods(Log log) throws ExecutionException, InterruptedException, TimeoutException {
        List<Purchase> done = new ArrayList<>();
        for (CompletableFuture<Purchase> purchase : purchases) {
            done.add(purchase.get(3 * Shop.PATIENCE.toSeconds(), TimeUnit.SECONDS));
        }
        shop.awaitStock(store, sku, broughtBack.get(), 0);
        log.awaitReactions();
        assertThat(log.deadLetters()).isEmpty();
        List<Log.Entry> events = log.read(List.of("order.events"));
        assertThat(done).extracting(Purchase::orderId).doesNotHaveDuplicates();
        assertThat(done)
                .allSatisfy(purchase -> assertThat(events)
                        .filteredOn(event -> event.key().equals(purchase.orderId()))
                        .extracting(Log.Entry::type)
                        .startsWith("OrderPlaced", "OrderConfirmed")
                        .contains("FulfilmentHandedOver", "OrderCompleted")
                        .doesNotHaveDuplicates());
        return done;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
