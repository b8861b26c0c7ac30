package dev.mortar.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.eventsourcing.Decision;
import dev.mortar.eventsourcing.Rejection;
import dev.mortar.eventsourcing.WorkingSet;
import dev.mortar.inventory.InventoryCommand.*;
import dev.mortar.inventory.InventoryEvent.*;
import dev.mortar.inventory.StockEntry.Level;
import dev.mortar.values.Unit;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Sends random commands and checks the invariants of a location's stock. The test computes the stock a second time,
 * from the events only. {@code -Dmortar.seed=N} runs one seed.
 */
class InventoryPropertiesTest {

    private static final int SEEDS = 60;
    private static final int COMMANDS = 400;
    private static final String HERE = "L1";
    private static final List<String> SKUS = List.of("a", "b", "c d");
    private static final Instant START = Instant.parse("2026-06-01T08:00:00Z");

    static LongStream seeds() {
        String one = System.getProperty("mortar.seed");
        return one == null ? LongStream.range(0, SEEDS) : LongStream.of(Long.parseLong(one));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void keepsTheInvariantsUnderRandomCommands(long seed) {
        new Run(seed).play();
    }

    @Test
    void producesEveryKindOfEvent() {
        List<InventoryEvent> events = new ArrayList<>();
        for (long seed = 0; seed < 10; seed++) {
            Run run = new Run(seed);
            run.play();
            events.addAll(run.history);
        }
        assertThat(events.stream().map(Object::getClass).collect(Collectors.<Class<?>>toSet()))
                .containsExactlyInAnyOrder(InventoryEvent.class.getPermittedSubclasses());
        assertThat(events)
                .as("an expired reservation is released in part and made again")
                .anyMatch(event -> event instanceof StockReleased released
                        && released.changes().isEmpty())
                .anyMatch(event -> event instanceof ReservationConfirmed again
                        && !again.changes().isEmpty());
    }

    /** One run: random commands to the decider, and a second computation of the stock. */
    private static final class Run {
        private final InventoryDecider decider = new InventoryDecider();
        private final Random random;
        private final String seed;
        private final List<InventoryEvent> history = new ArrayList<>();
        private final List<InventoryCommand> commands = new ArrayList<>();
        private final Map<String, Quantities> expected = new HashMap<>();
        private final Map<String, Map<String, Long>> open = new HashMap<>();
        private final Map<String, Map<String, Long>> holds = new HashMap<>();
        private final Map<String, Channel> channels = new HashMap<>();
        private final Set<String> picked = new HashSet<>();
        /** The remaining lines of each expired reservation that may be made again. */
        private final Map<String, Map<String, Long>> expired = new HashMap<>();

        private final Set<String> closed = new HashSet<>();
        /** By SKU and unit. */
        private final Map<String, List<StockEntry.Movement>> movements = new HashMap<>();

        private final Map<String, Instant> countedAt = new HashMap<>();
        private Stock stock = new Stock(HERE, WorkingSet.empty());
        private Instant now = START;
        private int ids;

        Run(long seed) {
            this.random = new Random(seed);
            this.seed = "seed " + seed;
        }

        void play() {
            perform(new RegisterLocation(
                    HERE, "Pune", LocationType.STORE, 18.5, 73.9, "Asia/Kolkata", List.of(), List.of()));
            for (int i = 0; i < COMMANDS; i++) {
                now = now.plusSeconds(random.nextInt(120));
                // One command in ten is a repeat, some long after the first.
                InventoryCommand command =
                        random.nextInt(10) == 0 ? commands.get(random.nextInt(commands.size())) : anyCommand();
                perform(command);
            }
            Stock folded = new Stock(HERE, WorkingSet.empty());
            for (InventoryEvent event : history) {
                folded = folded.evolve(event);
            }
            assertThat(folded.entries().changes())
                    .as("%s: folding the history gives the state", seed)
                    .isEqualTo(stock.entries().changes());
        }

        private void perform(InventoryCommand command) {
            commands.add(command);
            if (command instanceof ReserveStock reserve) {
                channels.put(reserve.fulfilmentId(), reserve.channel());
            }
            switch (decider.decide(stock, command, now)) {
                case Decision.Rejected<InventoryEvent>(var reason) -> assertJustified(command, reason);
                case Decision.Accepted<InventoryEvent>(var events) -> {
                    for (InventoryEvent event : events) {
                        stock = decider.evolve(stock, event);
                        history.add(event);
                        record(event);
                    }
                    if (booksOnce(command)) {
                        assertThat(decider.decide(stock, command, now))
                                .as("%s: %s again changes nothing", seed, command)
                                .isEqualTo(Decision.accepted());
                    }
                }
            }
            assertAddsUp(command);
        }

        /** Adds the event to the second computation, and checks the event. */
        private void record(InventoryEvent event) {
            Set<String> seen = new HashSet<>();
            for (StockChange change : event.changes()) {
                String key = key(change.sku(), change.unit());
                assertThat(seen.add(key))
                        .as("%s: each SKU and unit once in %s", seed, event)
                        .isTrue();
                Quantities after = expected.merge(key, change.change(), Quantities::plus);
                moves(event, key, change.change().onHand());
                assertThat(change.after())
                        .as("%s: after is before plus change in %s", seed, event)
                        .isEqualTo(after);
            }
            switch (event) {
                case StockReserved e -> {
                    opens(e.fulfilmentId(), e.reserved());
                    e.reserved().forEach(line -> assertNotNegative(line.sku(), e.fulfilmentId(), event));
                }
                case StockReservationRejected e -> {
                    closed.add(e.fulfilmentId());
                    if (e.reason() == ReservationRejectionReason.INSUFFICIENT_STOCK) {
                        assertThat(e.shortages()).as(seed).isNotEmpty();
                        e.shortages().forEach(shortage -> {
                            assertThat(shortage.available())
                                    .as("%s: a rejection names the available quantity in %s", seed, event)
                                    .isEqualTo(available(shortage.sku(), known(channels, e.fulfilmentId())));
                            assertThat(shortage.requested()).as(seed).isGreaterThan(shortage.available());
                        });
                    }
                }
                case ReservationConfirmed e -> {
                    if (!e.changes().isEmpty()) {
                        Map<String, Long> remaining = expired.remove(e.fulfilmentId());
                        opens(
                                e.fulfilmentId(),
                                e.changes().stream()
                                        .map(each -> new SkuQuantity(
                                                each.sku(), each.change().committed(), each.unit()))
                                        .toList());
                        if (remaining != null) {
                            assertThat(open)
                                    .as("%s: made again with the remaining lines", seed)
                                    .containsEntry(e.fulfilmentId(), remaining);
                        }
                    }
                }
                case ReservationPicked e -> picked.add(e.fulfilmentId());
                case StockReleased e -> {
                    Map<String, Map<String, Long>> of = expired.containsKey(e.fulfilmentId()) ? expired : open;
                    frees(of, e.fulfilmentId(), e.released());
                    assertThat(known(of, e.fulfilmentId()).isEmpty())
                            .as("%s: whole is true when nothing remains", seed)
                            .isEqualTo(e.whole());
                    if (e.reason() == ReleaseReason.NOT_ANSWERED_IN_TIME) {
                        open.remove(e.fulfilmentId());
                        expired.put(e.fulfilmentId(), quantities(e.released()));
                    } else if (e.whole()) {
                        closes(of, e.fulfilmentId());
                    }
                }
                case ReservationVoided e -> {
                    closed.add(e.fulfilmentId());
                    expired.remove(e.fulfilmentId());
                }
                case StockCommitted e -> {
                    alreadyCounted(e, e.alreadyCounted());
                    if (open.containsKey(e.fulfilmentId())) {
                        closes(open, e.fulfilmentId());
                    } else {
                        e.changes()
                                .forEach(each -> assertThat(each.change().committed())
                                        .as("%s: a claim ends once", seed)
                                        .isZero());
                    }
                    closed.add(e.fulfilmentId());
                    expired.remove(e.fulfilmentId());
                }
                case ReservationBroken e -> {
                    if (open.containsKey(e.fulfilmentId())) {
                        assertThat(picked)
                                .as("%s: picked reservations are not broken", seed)
                                .doesNotContain(e.fulfilmentId());
                        assertThat(e.shortSkus()).as(seed).isNotEmpty();
                        frees(open, e.fulfilmentId(), e.released());
                        closes(open, e.fulfilmentId());
                    }
                    closed.add(e.fulfilmentId());
                    expired.remove(e.fulfilmentId());
                }
                case StockHeld e -> {
                    assertThat(holds.put(e.holdId(), quantities(e.held())))
                            .as(seed)
                            .isNull();
                    e.held().forEach(line -> assertNotNegative(line.sku(), "", event));
                }
                case StockHoldReleased e ->
                    assertThat(holds.remove(e.holdId())).as(seed).isNotNull();
                case StockHoldExpired e ->
                    assertThat(holds.remove(e.holdId())).as(seed).isNotNull();
                case StockShortfallDetected e ->
                    assertThat(e.shortBy())
                            .as("%s: a shortfall has the missing quantity", seed)
                            .isPositive()
                            .isEqualTo(known(expected, key(e.sku(), e.unit())).shortBy());
                case LocationRegistered e -> {}
                case StockReceived e -> alreadyCounted(e, e.alreadyCounted());
                case StockSold e -> alreadyCounted(e, e.alreadyCounted());
                case StockRestocked e -> alreadyCounted(e, e.alreadyCounted());
                case DamagedStockReturned e -> {}
                case VendorStockReturned e -> {}
                case StockAdjusted e -> alreadyCounted(e, e.alreadyCounted());
                case StockCounted e -> counted(e);
                case StockTransferredOut e -> {
                    alreadyCounted(e, e.alreadyCounted());
                    e.changes().forEach(change -> assertNotNegative(change.sku(), "", event));
                }
                case StockTransferredIn e -> alreadyCounted(e, e.alreadyCounted());
                case SafetyStockSet e -> {}
            }
        }

        private static String key(String sku, Unit unit) {
            return sku + "|" + unit;
        }

        private void moves(InventoryEvent event, String key, long onHand) {
            Instant movedAt = event.movedAt();
            if (movedAt != null && onHand != 0) {
                assertThat(movedAt)
                        .as("%s: only a movement after the newest count changes on hand in %s", seed, event)
                        .isAfter(countedAt.getOrDefault(key, Instant.EPOCH))
                        .isBeforeOrEqualTo(now);
                movements.computeIfAbsent(key, each -> new ArrayList<>()).add(new StockEntry.Movement(movedAt, onHand));
            }
        }

        private void counted(StockCounted event) {
            for (CountedSku counted : event.counted()) {
                String key = key(counted.sku(), counted.unit());
                long movedSince = movements.getOrDefault(key, List.of()).stream()
                        .filter(each -> each.movedAt().isAfter(event.countedAt()))
                        .mapToLong(StockEntry.Movement::onHand)
                        .sum();
                assertThat(counted.movedSince())
                        .as("%s: %s adds the movements since", seed, event)
                        .isEqualTo(movedSince);
                assertThat(known(expected, key).onHand())
                        .as("%s: on hand is the count plus the movements since", seed)
                        .isEqualTo(counted.counted() + movedSince);
                countedAt.put(key, event.countedAt());
            }
        }

        private void alreadyCounted(InventoryEvent event, List<SkuQuantity> lines) {
            for (SkuQuantity line : lines) {
                assertThat(event.movedAt())
                        .as("%s: a newer count covers it in %s", seed, event)
                        .isBeforeOrEqualTo(known(countedAt, key(line.sku(), line.unit())));
            }
        }

        private void opens(String fulfilmentId, List<SkuQuantity> lines) {
            assertThat(closed).as("%s: closed for ever", seed).doesNotContain(fulfilmentId);
            assertThat(expired).as("%s: made again only when confirmed", seed).doesNotContainKey(fulfilmentId);
            assertThat(open.put(fulfilmentId, quantities(lines)))
                    .as("%s: opened once", seed)
                    .isNull();
        }

        private static Map<String, Long> quantities(List<SkuQuantity> lines) {
            Map<String, Long> quantities = new HashMap<>();
            lines.forEach(line -> quantities.put(line.sku(), line.quantity()));
            return quantities;
        }

        private void frees(Map<String, Map<String, Long>> of, String fulfilmentId, List<SkuQuantity> lines) {
            assertThat(of).as("%s: only remaining units are released", seed).containsKey(fulfilmentId);
            Map<String, Long> claim = known(of, fulfilmentId);
            lines.forEach(line -> claim.compute(line.sku(), (sku, quantity) -> {
                assertThat(quantity).as(seed).isNotNull().isGreaterThanOrEqualTo(line.quantity());
                return quantity == line.quantity() ? null : quantity - line.quantity();
            }));
        }

        private void closes(Map<String, Map<String, Long>> of, String fulfilmentId) {
            assertThat(of.remove(fulfilmentId)).as("%s: ends once", seed).isNotNull();
            closed.add(fulfilmentId);
        }

        private void assertNotNegative(String sku, String fulfilmentId, InventoryEvent event) {
            Quantities after = known(expected, key(sku, stock.level(sku).unit()));
            long kept = channels.get(fulfilmentId) == Channel.ONLINE ? after.safetyStock() : 0;
            assertThat(after.onHand() - after.committed() - after.held() - kept)
                    .as("%s: only available units are claimed: %s", seed, event)
                    .isNotNegative();
        }

        private static <V> V known(Map<String, V> map, String key) {
            return Objects.requireNonNull(map.get(key), key);
        }

        private long available(String sku, Channel channel) {
            return expected.getOrDefault(key(sku, stock.level(sku).unit()), Quantities.NONE)
                    .available(channel);
        }

        private void assertAddsUp(InventoryCommand command) {
            assertThat(stock.entries().changes().values().stream()
                            .filter(StockEntry.Claim.class::isInstance)
                            .count())
                    .as(
                            "%s: open reservations, and nothing else, have a claim on each of their SKUs after %s",
                            seed, command)
                    .isEqualTo(open.values().stream()
                            .flatMap(claim -> claim.values().stream())
                            .filter(quantity -> quantity > 0)
                            .count());
            for (String sku : SKUS) {
                Level level = stock.level(sku);
                Quantities quantities = level.quantities();
                assertThat(quantities)
                        .as("%s: the level of %s is the sum of its changes after %s", seed, sku, command)
                        .isEqualTo(expected.getOrDefault(key(sku, level.unit()), Quantities.NONE));
                level.positions()
                        .others()
                        .forEach(position -> assertThat(position.quantities())
                                .as("%s: the position of %s in %s after %s", seed, sku, position.unit(), command)
                                .isEqualTo(known(expected, key(sku, position.unit()))));
                assertThat(claiming(sku).stream()
                                .mapToLong(each -> new SkuQuantity(sku, 0, level.unit()).in(each.lines()))
                                .sum())
                        .as("%s: claims on %s add up to committed after %s", seed, sku, command)
                        .isEqualTo(quantities.committed());
                assertThat(open.values().stream()
                                .mapToLong(claim -> claim.getOrDefault(sku, 0L))
                                .sum())
                        .as("%s: open reservations of %s add up to committed after %s", seed, sku, command)
                        .isEqualTo(quantities.committed());
                assertThat(holds.values().stream()
                                .mapToLong(claim -> claim.getOrDefault(sku, 0L))
                                .sum())
                        .as("%s: holds of %s add up to held after %s", seed, sku, command)
                        .isEqualTo(quantities.held());
                assertThat(quantities.damaged()).as(seed).isNotNegative();
                if (quantities.shortBy() > 0) {
                    assertThat(claiming(sku))
                            .as(
                                    "%s: reservations that cannot be met are broken, except picked ones, after %s",
                                    seed, command)
                            .allMatch(StockEntry.Reservation::picked);
                }
            }
        }

        private List<StockEntry.Reservation> claiming(String sku) {
            return LongStream.range(0, stock.level(sku).nextClaim())
                    .mapToObj(claim -> stock.claimedBy(sku, claim))
                    .filter(Objects::nonNull)
                    .toList();
        }

        private void assertJustified(InventoryCommand command, Rejection reason) {
            switch ((InventoryRejection) reason) {
                case InventoryRejection.InsufficientStock(var shortages) -> {
                    Channel channel = command instanceof HoldStock hold ? hold.channel() : Channel.STORE;
                    shortages.forEach(each -> {
                        assertThat(each.available())
                                .as("%s: %s", seed, command)
                                .isEqualTo(available(each.sku(), channel))
                                .isLessThan(each.requested());
                    });
                }
                case InventoryRejection.AdjustmentBelowZero(var sku, var present, var change) ->
                    assertThat(present + change).as("%s: %s", seed, command).isNegative();
                case InventoryRejection.CountSuperseded(var sku, var countedAt, var newest) ->
                    assertThat(countedAt).as("%s: %s", seed, command).isBefore(newest);
                case InventoryRejection.CountInFuture e ->
                    assertThat(e.countedAt()).isAfter(e.now());
                case InventoryRejection.LocationUnknown e -> throw new AssertionError(seed + ": " + e);
                case InventoryRejection.UnitMismatch e ->
                    assertThat(e.given()).as("%s: %s", seed, command).isNotEqualTo(e.unit());
                case InventoryRejection.CountTooOld e ->
                    assertThat(e.countedAt()).as("%s: %s", seed, command).isBefore(e.rememberedSince());
                case InventoryRejection.DocumentUsed e -> throw new AssertionError(seed + ": " + e);
                case InventoryRejection.TransferToItself e -> throw new AssertionError(seed + ": " + e);
            }
        }

        /** False for a part release: a second one releases more. Only its source position identifies a repeat. */
        private static boolean booksOnce(InventoryCommand command) {
            return !(command instanceof ReleasePart);
        }

        private InventoryCommand anyCommand() {
            String reservation = switch (random.nextInt(4)) {
                case 0 -> "f" + random.nextInt(ids + 1);
                case 1 -> oneOf(expired, "f");
                default -> oneOf(open, "f");
            };
            String order = "o" + reservation;
            String id = "x" + ids++;
            return switch (random.nextInt(20)) {
                case 0, 1 -> new ReceiveStock(HERE, id, movedAt(), facts(30));
                case 2 ->
                    new AdjustStock(
                            HERE,
                            id,
                            AdjustmentReason.CORRECTION,
                            movedAt(),
                            List.of(new Adjustment(
                                    sku(),
                                    random.nextInt(9) - 5,
                                    random.nextInt(4) - 1,
                                    random.nextInt(3) - 1,
                                    unit())));
                case 3 -> new CountStock(HERE, id, now.minusSeconds(random.nextInt(400)), facts(40));
                case 4 -> new SetSafetyStock(HERE, lines(4));
                case 5 -> new TransferStock(HERE, id, "L2", movedAt(), lines(6));
                case 6 -> new ReceiveTransfer(HERE, id, "L2", movedAt(), facts(6));
                case 7 -> new HoldStock(HERE, "h" + ids, channel(), lines(8), 60 + random.nextInt(600));
                case 8 -> new ReleaseHold(HERE, anyHold());
                case 9 -> new ExpireHold(HERE, anyHold());
                case 10, 11, 12 ->
                    new ReserveStock(
                            HERE,
                            "f" + ids,
                            "of" + ids,
                            channel(),
                            lines(8),
                            random.nextBoolean() ? anyHold() : null,
                            now.plus(Duration.ofMinutes(random.nextInt(20))));
                case 13 -> new ConfirmReservation(HERE, reservation, order, channel(), linesOf(reservation));
                case 14 -> new MarkPicked(HERE, reservation, order);
                case 15 ->
                    random.nextBoolean()
                            ? new ReleaseReservation(HERE, reservation, order, ReleaseReason.PICKUP_CANCELLED)
                            : new ReleasePart(HERE, reservation, order, ReleaseReason.PICKUP_CANCELLED, lines(3));
                case 16 ->
                    random.nextBoolean()
                            ? new ExpireReservation(HERE, reservation)
                            : new ReportShortPick(
                                    HERE,
                                    reservation,
                                    order,
                                    id,
                                    movedAt(),
                                    sku(),
                                    1 + random.nextInt(3),
                                    random.nextBoolean());
                case 17 -> new CommitReservation(HERE, reservation, order, movedAt(), linesOf(reservation));
                case 18 -> new RecordSale(HERE, "o" + id, id, now.minusSeconds(random.nextInt(900)), facts(10));
                default ->
                    new TakeBack(
                            HERE,
                            id,
                            "o" + id,
                            movedAt(),
                            facts(3),
                            random.nextBoolean() ? facts(2) : List.of(),
                            random.nextBoolean() ? facts(2) : List.of());
            };
        }

        private String anyHold() {
            return random.nextInt(4) == 0 ? "h" + random.nextInt(ids + 1) : oneOf(holds, "h");
        }

        /** One of these ids; a random one when there are none. */
        private String oneOf(Map<String, ?> these, String letter) {
            return these.isEmpty()
                    ? letter + random.nextInt(ids + 1)
                    : these.keySet().stream().sorted().toList().get(random.nextInt(these.size()));
        }

        /** Some or all lines of an open reservation; random lines when it is not open. */
        private List<SkuQuantity> linesOf(String fulfilmentId) {
            Map<String, Long> claim = open.getOrDefault(fulfilmentId, Map.of());
            if (claim.isEmpty()) {
                return lines(4);
            }
            return claim.keySet().stream()
                    .sorted()
                    .limit(1 + random.nextInt(claim.size()))
                    .map(sku -> new SkuQuantity(
                            sku,
                            1 + random.nextLong(known(claim, sku)),
                            stock.level(sku).unit()))
                    .toList();
        }

        /** Lines in the unit that the location keeps. */
        private List<SkuQuantity> lines(int most) {
            return facts(most).stream()
                    .map(line -> new SkuQuantity(
                            line.sku(), line.quantity(), stock.level(line.sku()).unit()))
                    .toList();
        }

        private List<SkuQuantity> facts(int most) {
            List<SkuQuantity> lines = new ArrayList<>();
            for (int i = random.nextInt(3); i >= 0; i--) {
                lines.add(new SkuQuantity(sku(), 1 + random.nextInt(most), unit()));
            }
            return lines;
        }

        private Unit unit() {
            return random.nextInt(12) == 0 ? Unit.GRAM : Unit.EACH;
        }

        /** Some time ago, or slightly in the future. */
        private Instant movedAt() {
            return now.plusSeconds(30 - random.nextInt(600));
        }

        private String sku() {
            return SKUS.get(random.nextInt(SKUS.size()));
        }

        private Channel channel() {
            return random.nextBoolean() ? Channel.ONLINE : Channel.STORE;
        }
    }
}
