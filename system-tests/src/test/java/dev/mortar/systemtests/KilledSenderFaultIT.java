package dev.mortar.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mortar.localstack.Mail;
import dev.mortar.localstack.Part;
import dev.mortar.systemtests.Trade.Purchase;
import dev.mortar.systemtests.Trade.Step;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Notification-service dies while it sends. A mail that was claimed then is of unknown outcome until its claim lapses,
 * which takes longer than a test may; so this one comes after all tests that wait for the end of every mail.
 */
@Isolated
@Order(9)
class KilledSenderFaultIT {

    private static final int SHOPPERS = 8;

    /** The decider says again that a mail is due if the sender died before it claimed the mail. */
    private static final Duration UNTIL_CLAIMED = Duration.ofMinutes(3);

    private final Shop shop = Shop.open();

    @AfterEach
    void everythingRunsAgain() {
        Faults.restoreAll();
    }

    @Test
    void noMailIsSentTwiceAndNoneIsForgotten() throws ExecutionException, InterruptedException, TimeoutException {
        try (Trade trade = Trade.withoutCodes(shop, SHOPPERS);
                Log log = new Log(TheStack.get().client())) {
            await().atMost(Shop.PATIENCE).until(() -> trade.reached(Step.READY) > 0);

            Part victim = TheStack.get().service("notification");
            victim.kill9();
            victim.start();
            victim.awaitReady();

            List<Purchase> done = trade.finishGoods(log);
            log.awaitNotifications(Log.UNCLAIMED, UNTIL_CLAIMED);
            List<String> sent = done.stream()
                    .flatMap(purchase -> shop.mailsTo(purchase.shopper()).stream())
                    .map(Mail::messageId)
                    .toList();
            assertThat(sent).isNotEmpty().doesNotHaveDuplicates();
            List<Log.Entry> events = log.read(List.of("notification.events"));
            assertThat(done)
                    .allSatisfy(purchase -> assertThat(requested(purchase.orderId(), events))
                            .as("confirmed, ready, handed over at least: requested each, claimed or at its end")
                            .hasSizeGreaterThanOrEqualTo(3));
            List<String> mailed = TheStack.get().mails().all().stream()
                    .map(mail -> mail.messageId().replaceAll("<(.*)@.*", "$1"))
                    .toList();
            assertThat(events.stream().filter(event -> event.type().equals("NotificationSent")))
                    .allSatisfy(event -> assertThat(mailed).containsOnlyOnce(event.key()));
        }
    }

    private static List<String> requested(String orderId, List<Log.Entry> events) {
        return events.stream()
                .filter(event -> event.type().equals("NotificationRequested"))
                .filter(event -> event.value() != null && event.value().contains(orderId))
                .map(Log.Entry::key)
                .distinct()
                .toList();
    }
}
