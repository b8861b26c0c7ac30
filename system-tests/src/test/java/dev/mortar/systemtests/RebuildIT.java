package dev.mortar.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;
import static org.awaitility.Awaitility.await;

import dev.mortar.localstack.Mail;
import dev.mortar.localstack.Part;
import dev.mortar.localstack.Stack;
import dev.mortar.localstack.StackFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * A store is made anew from its events, all listeners are set back to the first, and all stores are compared with their
 * events.
 */
@Isolated
@Execution(ExecutionMode.SAME_THREAD)
@Order(5)
class RebuildIT {

    private final Shop shop = Shop.open();
    private final Stack stack = TheStack.get();

    @AfterEach
    void everythingRunsAgain() {
        Faults.restoreAll();
    }

    @Test
    void withARebuiltStoreAllHearEverythingAgainAndDoNothingTwiceAndEveryStoreEqualsItsEventsWhileTradeGoesOn()
            throws ExecutionException, InterruptedException, TimeoutException {
        List<Part> services = Log.NOUNS.stream().map(stack::service).toList();
        int generation = stack.stores().generation("inventory") + 1;
        try (Trade trade = Trade.begin(shop, 2);
                Log log = new Log(stack.bootstrapServers())) {
            await().atMost(Shop.PATIENCE).until(() -> trade.reached(Trade.Step.CONFIRMED) > 0);
            // It waits for the instance to go, which is time enough for the comparison.
            CompletableFuture<Void> refused = CompletableFuture.runAsync(() -> assertRefused(generation));
            assertEqual("inventory");
            refused.get();
            trade.finish(log);
            assertThat(services.parallelStream().filter(service -> !service.stop()))
                    .as("did not stop in an orderly way")
                    .isEmpty();
            List<Log.Entry> before = log.events();
            List<Mail> mailsBefore = stack.mails().all();
            assertThat(before).isNotEmpty();
            assertThat(mailsBefore).isNotEmpty();

            rebuild(generation, "keys written");
            rebuild(generation, "keys there already");
            assertThat(stack.stores().generation("inventory")).isEqualTo(generation);
            assertThat(log.settings("inventory-decider-inventory-state-v5-g" + generation + "-changelog"))
                    .isEqualTo(log.settings("inventory-decider-inventory-state-v5-changelog"));
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
            // Checks the books once more.
            trade.finish(log);
        }
        try (Trade after = Trade.begin(shop, 2);
                Log log = new Log(stack.bootstrapServers())) {
            await().atMost(Shop.PATIENCE).until(() -> after.reached(Trade.Step.CONFIRMED) > 0);
            assertThat(Log.NOUNS.parallelStream().collect(Collectors.toMap(noun -> noun, this::assertEqual)))
                    .extractingByKey("inventory", LIST)
                    .first()
                    .asString()
                    .startsWith("inventory-state-v5-g" + generation + " ");
            after.finish(log);
        }
    }

    /** Notifications to shoppers without a contact wait an hour for one, and time goes on meanwhile. */
    private static List<String> withoutTimers(List<Log.Entry> events) {
        return events.stream()
                .filter(event -> !event.type().equals("NotificationDue"))
                .map(Log.Entry::toString)
                .toList();
    }

    private void rebuild(int generation, String what) {
        List<String> report = new ArrayList<>();
        stack.stores().rebuild("inventory", generation, report::add);
        assertThat(report).filteredOn(line -> line.contains(what)).hasSize(4);
        assertThat(report).last().asString().contains("is whole");
    }

    private void assertRefused(int generation) {
        List<String> report = new ArrayList<>();
        assertThatThrownBy(() -> stack.stores().rebuild("inventory", generation, report::add))
                .isInstanceOf(StackFailure.class);
        assertThat(report).last().asString().contains("Refused: an instance still runs");
    }

    private List<String> assertEqual(String service) {
        List<String> report = new ArrayList<>();
        assertThat(stack.stores().verify(service, report::add))
                .as(() -> String.join("\n", report))
                .isTrue();
        assertThat(report).filteredOn(line -> line.contains(" events folded")).hasSize(4);
        assertThat(report)
                .filteredOn(line -> !line.contains(": 0 events folded"))
                .hasSizeGreaterThan(1);
        return report;
    }
}
