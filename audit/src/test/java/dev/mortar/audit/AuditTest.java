package dev.mortar.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.audit.ClientRequest.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AuditTest {
    static final AuditRules RULES = AuditRules.standard().withPartitions(Stories.PARTITIONS);

    private static final AuditRules FEW_IDS =
            new AuditRules(Stories.PARTITIONS, RULES.patience(), RULES.slack(), RULES.contactLag(), 100, 40);

    /** Enough for everything that is owed to be overdue, not enough for goods to lie too long. */
    static final Duration LATER = Duration.ofMinutes(10);

    static AuditReport audit(List<LoggedEvent> events, Instant asOf) {
        var audit = new Audit(RULES);
        events.forEach(audit::accept);
        return audit.finish(asOf);
    }

    @Test
    void findsNothingInAGoodDay() {
        var day = Stories.day();

        var report = audit(day.events(), day.now.plus(LATER));

        assertThat(report.violations()).isEmpty();
        assertThat(report.holds()).isTrue();
        assertThat(report.events()).isEqualTo(day.events().size());
        assertThat(report.owed()).isEmpty();
    }

    @Test
    void putsEveryInvariantToTheTest() {
        var day = Stories.day();
        var audit = new Audit(RULES);
        audit.clients(List.of(
                new ClientRequest("k1", "POST /v1/orders", "o1", Outcome.OK, day.now, Map.of("A", 2L)),
                new ClientRequest("k2", "POST /v1/orders", "o99", Outcome.REFUSED, day.now, null),
                new ClientRequest("k3", "POST /v1/sales", "t1", Outcome.UNKNOWN, day.now, null)));
        audit.contact("customer-gone", day.now, null);
        day.events().forEach(event -> audit.accept(HeadersTest.labelled(event, HeadersTest.headers(event))));
        var torn = new Stories();
        torn.receive("bergen-1", "A", 1);
        audit.aborted(torn.events().getFirst());
        audit.served(true, () -> "");
        audit.published(Instant.EPOCH).finish();

        var report = audit.finish(day.now.plus(LATER));

        assertThat(report.violations()).isEmpty();
        assertThat(report.facts().keySet()).isEqualTo(EnumSet.allOf(Invariant.class));
    }

    @Test
    void whatAServiceHasDoneAlreadyMayBeAcknowledged() {
        var day = Stories.day();
        var audit = new Audit(RULES);
        // A shortfall cancels it, before its shopper asks for the same.
        audit.clients(List.of(new ClientRequest("k1", "POST /v1/orders/o11/cancel", "o11", Outcome.OK, day.now, null)));
        day.events().forEach(audit::accept);

        var report = audit.finish(day.now.plus(LATER));

        assertThat(report.violations()).isEmpty();
        assertThat(report.facts()).containsEntry(Invariant.CLIENT_OK, 1L);
    }

    @Test
    void knowsTheRequestOfAReceiptOfATransfer() {
        var day = Stories.day();
        var receipt = String.valueOf(
                new Tampering(day).event("StockTransferredIn", "transfer-s").field("receiptId"));
        var audit = new Audit(RULES);
        var route = "POST /v1/locations/riga-1/transfers/transfer-s/receipts";
        audit.clients(List.of(new ClientRequest("k1", route, receipt, Outcome.OK, day.now, Map.of("T", 3L))));
        day.events().forEach(audit::accept);

        var report = audit.finish(day.now.plus(LATER));

        assertThat(report.violations()).isEmpty();
        assertThat(report.facts()).containsEntry(Invariant.CLIENT_CONTENT, 1L);
    }

    @Test
    void isIndependentOfHowPartitionsAreInterleaved() {
        for (var events : List.of(Stories.day().events(), defective())) {
            var asOf = Stories.day().now.plus(LATER);
            var expected = audit(events, asOf);
            long seed = Long.getLong("mortar.seed", 1);
            for (int run = 0; run < 200; run++) {
                var shuffled = shuffled(events, new Random(seed + run));
                var report = audit(shuffled, asOf);
                assertThat(report.facts()).as("facts with seed %d", seed + run).isEqualTo(expected.facts());
                assertThat(texts(report))
                        .as("violations with seed %d", seed + run)
                        .isEqualTo(texts(expected));
                assertThat(report.owed()).as("owed with seed %d", seed + run).isEqualTo(expected.owed());
            }
        }
    }

    private static List<LoggedEvent> defective() {
        var day = Stories.day();
        new Tampering(day).change("StockReserved", 2, "orderId", "o99").remove("StockReleased", 0);
        return day.events();
    }

    private static List<String> texts(AuditReport report) {
        return report.violations().stream()
                .map(violation -> violation.invariant() + " " + violation.explanation() + " "
                        + violation.evidence().stream().map(Evidence::recordId).toList())
                .sorted()
                .toList();
    }

    private static List<LoggedEvent> shuffled(List<LoggedEvent> events, Random random) {
        var partitions = new LinkedHashMap<String, ArrayDeque<LoggedEvent>>();
        for (var event : events) {
            partitions
                    .computeIfAbsent(event.recordId().topic() + event.recordId().partition(), _ -> new ArrayDeque<>())
                    .add(event);
        }
        var queues = new ArrayList<>(partitions.values());
        var shuffled = new ArrayList<LoggedEvent>();
        while (!queues.isEmpty()) {
            var queue = queues.get(random.nextInt(queues.size()));
            for (int burst = random.nextInt(20); burst >= 0 && !queue.isEmpty(); burst--) {
                shuffled.add(queue.remove());
            }
            queues.removeIf(ArrayDeque::isEmpty);
        }
        return shuffled;
    }

    @Test
    void comparesIdsExactlyWhenTheyNoLongerFitInMemory() {
        var day = Stories.day();
        var again = day.events().getFirst();
        var audit = new Audit(FEW_IDS);
        day.events().forEach(audit::accept);
        assertThat(audit.finish(day.now.plus(LATER)).violations()).isEmpty();

        var second = new Audit(FEW_IDS);
        day.events().forEach(second::accept);
        second.accept(again);
        assertThat(second.finish(day.now.plus(LATER)).violated()).containsKey(Invariant.EVENT_ID_UNIQUE);

        new Tampering(day).cause("StockSold", 0, new java.util.UUID(1, 1));
        var third = new Audit(FEW_IDS);
        day.events().forEach(third::accept);
        assertThat(third.finish(day.now.plus(LATER)).violated()).containsKey(Invariant.CAUSE_EXISTS);
    }

    @Test
    void namesTheServiceThatOwesTheNextStepAndGivesItTime() {
        var log = new Stories();
        log.register(Stories.OSLO);
        log.placed(Stories.order("o1", dev.mortar.schemas.FulfilmentMethod.PICKUP, "A", 1));

        assertThat(audit(log.events(), log.now.plusSeconds(1)).owed()).containsEntry("inventory-service", 1L);
        var late = audit(log.events(), log.now.plus(Duration.ofMinutes(5)));
        assertThat(late.violated().keySet()).containsExactly(Invariant.NOTHING_OWED);
        assertThat(late.violations().getFirst().explanation()).startsWith("inventory-service owes");
    }

    @Test
    void knowsTheWorldAtTheEnd() {
        var day = Stories.day();
        var audit = new Audit(RULES);
        day.events().forEach(audit::accept);
        var state = audit.state();

        assertThat(state.orders().get("o8")).satisfies(order -> {
            assertThat(order.state()).isEqualTo("COMPLETED");
            assertThat(order.handedOver()).containsEntry("1", 2L);
            assertThat(order.cancelled()).containsEntry("1", 1L);
        });
        assertThat(state.stock().get(Stories.OSLO))
                .containsEntry("D", new AuditState.StockState("EACH", 1, 1, 0, 0, 0, 0, 0, List.of()));
        assertThat(state.pickups().get("o7-1"))
                .isNotNull()
                .extracting(AuditState.PickupState::state)
                .isEqualTo("EXPIRED");
        assertThat(state.returns().get("o1")).containsEntry("1", new AuditState.ReturnState(2, 2, 3_998, 3_998));
        assertThat(state.returns().get("p2"))
                .as("all three units are lost, so nothing can be refunded")
                .containsEntry("1", new AuditState.ReturnState(3, 0, 0, 0));
    }

    @Test
    void everyEventTypeOfTheContractFollowsOnlyFromWhatItsServiceListensTo() {
        var listeners = new LinkedHashMap<String, List<String>>();
        dev.mortar.schemas.registry.Contract.topics()
                .forEach(topic -> topic.types()
                        .forEach(type -> listeners.put(type.schema().getName(), type.listeners())));

        // The effect that answers a run belongs to the service that begins it.
        listeners.put("SourcingRequested", List.of("order-service"));
        for (var effect : EventType.all()) {
            for (var cause : EventType.all()) {
                if (effect.mayFollow(cause)) {
                    assertThat(listeners.get(cause.name()))
                            .as("%s follows from %s", effect.name(), cause.name())
                            .contains(effect.service());
                }
            }
        }
        assertThat(EventType.all()).hasSizeGreaterThan(50);
        assertThat(Arrays.asList(Invariant.values()))
                .allSatisfy(invariant -> assertThat(invariant.promise()).endsWith("."));
    }
}
