package dev.mortar.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mortar.chaos.Network.Fate;
import dev.mortar.systemtests.Trade.Step;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.message.EndTxnRequestData;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * The request by which a lane commits is lost, refused, not answered, or comes from a producer that was fenced just
 * before. Trade goes on each time, and the audit finds nothing afterwards.
 */
@Isolated
@Execution(ExecutionMode.SAME_THREAD)
@Order(3)
class ProtocolFaultIT {

    private static final int SHOPPERS = 6;
    private static final int SEED = 26;
    private static final List<String> LANES =
            Log.NOUNS.stream().map(noun -> noun + "-decider-0").toList();

    private final Shop shop = Shop.open();

    @AfterEach
    void everyCommitPasses() {
        Log.NOUNS.forEach(noun -> TheStack.network(noun).passEndTxn());
    }

    @AfterAll
    static void theAuditFindsNothing() {
        TheAudit.findsNothing();
    }

    @Test
    void oneCommitOfEachLaneIsRefused() throws ExecutionException, InterruptedException, TimeoutException {
        Set<String> refused = ConcurrentHashMap.newKeySet();
        onCommit(end -> refused.add(end.transactionalId()) ? Fate.REFUSED : Fate.PASSES);

        trade();

        assertThat(refused).containsExactlyInAnyOrderElementsOf(LANES);
    }

    @Test
    void threeCommitsInTenAreLostOrRefused() throws ExecutionException, InterruptedException, TimeoutException {
        var random = new Random(SEED);
        Map<Fate, Integer> happened = new ConcurrentHashMap<>();
        onCommit(_ -> {
            int drawn = random.nextInt(20);
            Fate fate = drawn < 3 ? Fate.LOST : drawn < 6 ? Fate.REFUSED : Fate.PASSES;
            happened.merge(fate, 1, Integer::sum);
            return fate;
        });

        trade();

        assertThat(happened).containsOnlyKeys(Fate.LOST, Fate.REFUSED, Fate.PASSES);
        assertThat(happened.getOrDefault(Fate.LOST, 0)).isGreaterThan(4);
        assertThat(happened.getOrDefault(Fate.REFUSED, 0)).isGreaterThan(4);
    }

    /** The lane asks again until it gives up, and learns only by taking over that its commands are decided. */
    @Test
    void aCommitWorksAndIsNeverAnswered() throws ExecutionException, InterruptedException, TimeoutException {
        Map<String, String> first = new ConcurrentHashMap<>();
        Map<String, AtomicInteger> asked = new ConcurrentHashMap<>();
        Set<String> wentOn = ConcurrentHashMap.newKeySet();
        // Each lane costs the time until it gives up.
        List<String> lanes = List.of("order-decider-0", "inventory-decider-0");
        try (Trade trade = Trade.begin(shop, SHOPPERS);
                Log log = new Log(TheStack.get().client())) {
            await().atMost(Shop.PATIENCE).until(() -> trade.reached(Step.PLACED) > 0);
            onCommit(end -> {
                String lane = end.transactionalId();
                if (!lanes.contains(lane)) {
                    return Fate.PASSES;
                }
                // A lane's next transaction has another epoch.
                String transaction = end.producerId() + "/" + end.producerEpoch();
                if (!first.computeIfAbsent(lane, _ -> transaction).equals(transaction)) {
                    wentOn.add(lane);
                    return Fate.PASSES;
                }
                asked.computeIfAbsent(lane, _ -> new AtomicInteger()).incrementAndGet();
                return Fate.UNANSWERED;
            });

            trade.finish(log);
        }

        assertThat(wentOn).containsExactlyInAnyOrderElementsOf(lanes);
        assertThat(asked.values()).allSatisfy(times -> assertThat(times).hasValueGreaterThan(1));
    }

    @Test
    void anotherProducerFencesTheLaneInTheMiddleOfATransaction()
            throws ExecutionException, InterruptedException, TimeoutException {
        Map<String, Integer> commits = new ConcurrentHashMap<>();
        Set<String> fenced = ConcurrentHashMap.newKeySet();
        onCommit(end -> {
            if (commits.merge(end.transactionalId(), 1, Integer::sum) % 5 == 2) {
                fence(end.transactionalId());
                fenced.add(end.transactionalId());
            }
            return Fate.PASSES;
        });

        trade();

        assertThat(fenced).containsExactlyInAnyOrderElementsOf(LANES);
    }

    private void trade() throws ExecutionException, InterruptedException, TimeoutException {
        try (Trade trade = Trade.begin(shop, SHOPPERS);
                Log log = new Log(TheStack.get().client())) {
            trade.finish(log);
        }
    }

    /** Decides the fate of each commit of a lane, of one at a time. */
    private static void onCommit(Function<EndTxnRequestData, Fate> fates) {
        Log.NOUNS.forEach(noun -> TheStack.network(noun).decideEndTxn(end -> {
            if (!end.committed() || !LANES.contains(end.transactionalId())) {
                return Fate.PASSES;
            }
            synchronized (fates) {
                return fates.apply(end);
            }
        }));
    }

    private static void fence(String transactionalId) {
        Map<String, Object> settings =
                Map.of("bootstrap.servers", TheStack.get().bootstrapServers(), "transactional.id", transactionalId);
        try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.initTransactions();
        }
    }
}
