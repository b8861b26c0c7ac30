package dev.mortar.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mortar.localstack.Mail;
import dev.mortar.localstack.Part;
import dev.mortar.localstack.Stack;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.Isolated;

/** Somebody sets the listeners back to the first event there ever was. */
@Isolated
@Execution(ExecutionMode.SAME_THREAD)
@Order(4)
class ReplayFaultIT {

    private final Shop shop = Shop.open();

    @AfterEach
    void everythingRunsAgain() {
        Faults.restoreAll();
    }

    @Test
    void everyListenerHearsEveryEventAgainAndNothingChangesAndNothingIsMailedTwice()
            throws ExecutionException, InterruptedException, TimeoutException {
        Stack stack = TheStack.get();
        List<Part> services = Log.NOUNS.stream().map(stack::service).toList();
        try (Trade trade = Trade.begin(shop, 2);
                Log log = new Log(stack.bootstrapServers())) {
            trade.finish(log);
            services.forEach(service -> assertThat(service.stop())
                    .as("%s stops in an orderly way", service.name())
                    .isTrue());
            List<Log.Entry> before = log.events();
            List<Mail> mailsBefore = stack.mails().all();
            assertThat(before).isNotEmpty();
            assertThat(mailsBefore).isNotEmpty();

            Log.LISTENERS.keySet().forEach(log::resetToBeginning);
            services.forEach(Part::start);
            services.forEach(Part::awaitReady);
            log.awaitQuiet();

            assertThat(log.events())
                    .extracting(Log.Entry::toString)
                    .containsExactlyElementsOf(
                            before.stream().map(Log.Entry::toString).toList());
            assertThat(stack.mails().all())
                    .extracting(Mail::id)
                    .containsExactlyElementsOf(
                            mailsBefore.stream().map(Mail::id).toList());
            assertThat(log.deadLetters()).isEmpty();
        }
        try (Trade after = Trade.begin(shop, 1);
                Log log = new Log(stack.bootstrapServers())) {
            await().atMost(Shop.PATIENCE).until(() -> after.reached(Trade.Step.COMPLETED) == 1);
            after.finish(log);
        }
    }
}
