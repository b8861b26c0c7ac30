package dev.mortar.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mortar.localstack.Mail;
import dev.mortar.localstack.Part;
import dev.mortar.localstack.Stack;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.Isolated;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/** Local stores are the fold of their logs: compared while trade goes on, and folded again after they were deleted. */
@Isolated
@Execution(ExecutionMode.SAME_THREAD)
@Order(5)
class ReplayIT {

    private final Shop shop = Shop.open();
    private final Stack stack = TheStack.get();

    @AfterEach
    void everythingRunsAgain() {
        Faults.restoreAll();
    }

    @Test
    void everyStoreIsTheFoldOfItsLogWhileTradeGoesOnAndAChangedRowIsFound()
            throws ExecutionException, InterruptedException, TimeoutException, RocksDBException {
        try (Trade trade = Trade.begin(shop, 2);
                Log log = new Log(stack.client())) {
            await().atMost(Shop.PATIENCE).until(() -> trade.reached(Trade.Step.CONFIRMED) > 0);
            for (String service : Log.NOUNS) {
                assertSame(service);
            }
            Path checkpoint = stack.stores().checkpoint("inventory");
            String changed = changeAnEntry(checkpoint);
            List<String> report = new ArrayList<>();
            assertThat(stack.stores().replay("inventory", checkpoint, report::add))
                    .isFalse();
            assertThat(report)
                    .anyMatch(line -> line.matches(" *entries .* 1 different"))
                    .anyMatch(line -> line.contains(changed))
                    .anyMatch(line -> line.matches(" *store: .* changed by hand"));
            trade.finish(log);
        }
    }

    @Test
    void withStoresDeletedAndEverythingHeardAgainNothingIsDoneTwiceAndTheAnswersAreTheSame()
            throws ExecutionException, InterruptedException, TimeoutException, IOException {
        List<Part> services = Log.NOUNS.stream().map(stack::service).toList();
        try (Trade trade = Trade.begin(shop, 2);
                Log log = new Log(stack.client())) {
            String orderId = trade.finishGoods(log).getFirst().orderId();
            log.awaitQuiet();
            Answer order = shop.order(orderId).is(200);
            Answer pickup = shop.pickup(orderId + "-1").is(200);
            assertThat(services.parallelStream().filter(service -> !service.stop()))
                    .as("did not stop in an orderly way")
                    .isEmpty();
            List<Log.Entry> before = log.events();
            List<Mail> mailsBefore = stack.mails().all();
            assertThat(before).isNotEmpty();

            for (Part service : services) {
                delete(service.data().resolve("state"));
            }
            Log.LISTENERS.keySet().forEach(log::resetToBeginning);
            services.forEach(Part::start);
            services.forEach(Part::awaitReady);
            log.awaitQuiet();

            assertThat(withoutTimers(log.events())).containsExactlyElementsOf(withoutTimers(before));
            assertThat(stack.mails().all())
                    .extracting(Mail::id)
                    .containsExactlyElementsOf(
                            mailsBefore.stream().map(Mail::id).toList());
            assertThat(log.deadLetters()).isEmpty();
            assertThat(shop.order(orderId).body()).isEqualTo(order.body());
            assertThat(shop.pickup(orderId + "-1").body()).isEqualTo(pickup.body());
            for (String service : Log.NOUNS) {
                assertSame(service);
            }
            // Checks the books once more.
            trade.finishGoods(log);
        }
        try (Trade after = Trade.begin(shop, 2);
                Log log = new Log(stack.client())) {
            after.finish(log);
        }
    }

    private void assertSame(String service) {
        List<String> report = new ArrayList<>();
        assertThat(stack.stores().replay(service, report::add))
                .as(() -> String.join("\n", report))
                .isTrue();
        assertThat(report)
                .anyMatch(line -> line.matches("[1-9].* records folded in .*"))
                .anyMatch(line -> line.matches(" *entries +[1-9].* same +0 different"));
    }

    private static String changeAnEntry(Path checkpoint) throws RocksDBException {
        RocksDB.loadLibrary();
        try (Options options = new Options();
                RocksDB store = RocksDB.open(options, checkpoint.toString());
                RocksIterator rows = store.newIterator()) {
            rows.seek("e|".getBytes(StandardCharsets.UTF_8));
            byte[] key = rows.key();
            // Sixteen bytes of sequence and time come first.
            store.put(key, "0123456789abcdefchanged by hand".getBytes(StandardCharsets.UTF_8));
            return new String(key, StandardCharsets.UTF_8);
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** Notifications to shoppers without a contact wait an hour for one, and time goes on meanwhile. */
    private static List<String> withoutTimers(List<Log.Entry> events) {
        return events.stream()
                .filter(event -> !event.type().equals("NotificationDue"))
                .map(Log.Entry::toString)
                .toList();
    }
}
