package dev.mortar.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.eventsourcing.Decision;
import dev.mortar.eventsourcing.Rejection;
import dev.mortar.eventsourcing.WorkingSet;
import dev.mortar.eventsourcing.testkit.RandomCommands;
import dev.mortar.eventsourcing.testkit.RandomCommands.Step;
import dev.mortar.inventory.InventoryCommand.*;
import dev.mortar.inventory.InventoryEvent.*;
import dev.mortar.inventory.StockEntry.Level;
import dev.mortar.values.FulfilmentMethod;
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
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * The invariants of a location's stock under any sequence of commands. The test computes the stock a second time, from
 * the events only.
 */
class InventoryRandomCommandsTest {

    private static final String HERE = "L1";
    private static final List<String> SKUS = List.of("a", "b", "c d");
    private static final List<FulfilmentMethod> METHODS =
            List.of(FulfilmentMethod.PICKUP, FulfilmentMethod.PICKUP, FulfilmentMethod.CURBSIDE);

    @Test
    void keepsTheInvariantsUnderRandomCommands() {
        List<InventoryEvent> all = new ArrayList<>();
        Set<Class<?>> events = new RandomCommands<>(
                        new InventoryDecider(),
                        90,
                        400,
                        stock -> stock.entries().changes())
                .hold(random -> new Run(random, all));
        assertThat(events).containsExactlyInAnyOrder(InventoryEvent.class.getPermittedSubclasses());
        assertThat(all)
                .as("an expired reservation is released in part and made again")
                .anyMatch(event -> event instanceof StockReleased released
                        && released.changes().isEmpty()
                        && !released.released().isEmpty())
                .anyMatch(event -> event instanceof ReservationConfirmed again
                        && !again.changes().isEmpty());
        assertThat(all)
                .as("slots are full, given back, and booked again above their limit")
                .anyMatch(event -> event instanceof StockReservationRejected refused
                        && refused.reason() == ReservationRejectionReason.NO_CAPACITY)
                .anyMatch(event -> event instanceof StockReleased released && released.slot() != null)
                .anyMatch(event -> event instanceof ReservationBroken broken && broken.slot() != null)
                .anyMatch(event -> event instanceof ReservationConfirmed again
                        && again.slot() != null
                        && again.slot().limit() != null
                        && again.slot().bookedAfter() > again.slot().limit());
    }

    /** One run: random commands to the decider, and a second computation of the stock. */
    private static final class Run implements RandomCommands.Run<InventoryCommand, Stock, InventoryEvent> {
        private final InventoryDecider decider = new InventoryDecider();
        private final Random random;
        private final List<InventoryEvent> all;
        private final List<InventoryCommand> commands = new ArrayList<>();
        private final Map<String, Quantities> expected = new HashMap<>();
        private final Map<String, Map<String, Long>> open = new HashMap<>();
        private final Map<String, Map<String, Long>> holds = new HashMap<>();
        private final Map<String, Channel> channels = new HashMap<>();
        private final Set<String> picked = new HashSet<>();
        /** The remaining lines of each expired reservation that may be made again. */
        private final Map<String, Map<String, Long>> expired = new HashMap<>();

        private final Map<String, Boolean> confirmed = new HashMap<>();
        /** Units that open reservations lost and that nobody has given up yet. */
        private final Map<String, Map<String, Long>> lost = new HashMap<>();

        private final Set<String> closed = new HashSet<>();
        /** Units of each SKU and unit that were sent here and have not arrived, by open transfer. */
        private final Map<String, Map<String, Long>> inTransit = new HashMap<>();

        /** Units that arrived before the news of their transfer, by transfer. */
        private final Map<String, List<SkuQuantity>> ahead = new HashMap<>();

        /** Transfers with a receipt after which nothing more comes. */
        private final Set<String> lastReceived = new HashSet<>();

        private final Set<String> endedTransfers = new HashSet<>();
        private final Set<String> sentTransfers = new HashSet<>();
        /** By SKU and unit. */
        private final Map<String, List<StockEntry.Movement>> movements = new HashMap<>();

        private final Map<String, Instant> countedAt = new HashMap<>();
        private final SlotSums slots = new SlotSums();
        private Stock stock = new Stock("", WorkingSet.empty());
        private Instant now = Instant.EPOCH;
        private int ids;

        Run(Random random, List<InventoryEvent> all) {
            this.random = random;
            this.all = all;
        }

        @Override
        public Duration pause() {
            return random.nextInt(50) == 0
                    ? Duration.ofHours(random.nextInt(9))
                    : Duration.ofSeconds(random.nextInt(120));
        }

        @Override
        public InventoryCommand next(Stock present, Instant at) {
            stock = present;
            now = at;
            if (commands.isEmpty()) {
                commands.add(new RegisterLocation(location(2)));
            } else {
                // One command in ten is a repeat, some long after the first.
                commands.add(random.nextInt(10) == 0 ? commands.get(random.nextInt(commands.size())) : anyCommand());
            }
            if (commands.getLast() instanceof ReserveStock reserve) {
                channels.put(reserve.fulfilmentId(), reserve.channel());
            }
            return commands.getLast();
        }

        @Override
        public void check(Step<InventoryCommand, Stock, InventoryEvent> step) {
            InventoryCommand command = step.command();
            for (InventoryEvent event : step.events()) {
                stock = decider.evolve(stock, event);
                record(event);
            }
            all.addAll(step.events());
            switch (step.decision()) {
                case Decision.Rejected<InventoryEvent>(var reason) -> assertJustified(command, reason);
                case Decision.Accepted<InventoryEvent> _ -> {
                    if (booksOnce(command)) {
                        assertThat(decider.decide(stock, command, now))
                                .as("%s again changes nothing", command)
                                .isEqualTo(Decision.accepted());
                    }
                }
            }
            assertAddsUp(command);
            slots.assertSame(stock, command);
        }

        /** A location that limits pickups on every day, and nothing else. */
        private static StockEntry.Location location(int limit) {
            var offer = new Offer(Offer.METHODS, true, 100, 60, 30, List.of(), 15, SlotSums.limited(limit));
            return new StockEntry.Location(
                    HERE, "Pune", LocationType.STORE, 18.5, 73.9, "Asia/Kolkata", List.of(), List.of(), offer);
        }

        /** Adds the event to the second computation, and checks the event. */
        private void record(InventoryEvent event) {
            slots.add(event, now);
            Set<String> seen = new HashSet<>();
            for (StockChange change : event.changes()) {
                String key = key(change.sku(), change.unit());
                assertThat(seen.add(key))
                        .as("each SKU and unit once in %s", event)
                        .isTrue();
                Quantities after = expected.merge(key, change.change(), Quantities::plus);
                moves(event, key, change.change().onHand());
                assertThat(change.after())
                        .as("after is before plus change in %s", event)
                        .isEqualTo(after);
            }
            switch (event) {
                case StockReserved e -> {
                    opens(e.fulfilment().fulfilmentId(), e.reserved());
                    e.reserved()
                            .forEach(line ->
                                    assertNotNegative(line.sku(), e.fulfilment().fulfilmentId(), event));
                }
                case StockReservationRejected e -> {
                    closed.add(e.fulfilment().fulfilmentId());
                    if (e.reason() == ReservationRejectionReason.INSUFFICIENT_STOCK) {
                        assertThat(e.shortages()).isNotEmpty();
                        e.shortages().forEach(shortage -> {
                            assertThat(shortage.available())
                                    .as("a rejection names the available quantity in %s", event)
                                    .isEqualTo(available(
                                            shortage.sku(),
                                            known(channels, e.fulfilment().fulfilmentId())));
                            assertThat(shortage.requested()).isGreaterThan(shortage.available());
                        });
                    }
                }
                case ReservationConfirmed e -> {
                    confirmed.put(e.fulfilment().fulfilmentId(), true);
                    if (!e.changes().isEmpty()) {
                        Map<String, Long> remaining =
                                expired.remove(e.fulfilment().fulfilmentId());
                        opens(
                                e.fulfilment().fulfilmentId(),
                                e.changes().stream()
                                        .map(each -> new SkuQuantity(
                                                each.sku(), each.change().committed(), each.unit()))
                                        .toList());
                        if (remaining != null) {
                            assertThat(open)
                                    .as("made again with the remaining lines")
                                    .containsEntry(e.fulfilment().fulfilmentId(), remaining);
                        }
                    }
                }
                case ReservationPicked e -> picked.add(e.fulfilment().fulfilmentId());
                case StockReleased e -> {
                    Map<String, Map<String, Long>> of =
                            expired.containsKey(e.fulfilment().fulfilmentId()) ? expired : open;
                    frees(of, e.fulfilment().fulfilmentId(), e.released());
                    if (!e.alreadyLost().isEmpty()) {
                        frees(lost, e.fulfilment().fulfilmentId(), e.alreadyLost());
                    }
                    assertThat(known(of, e.fulfilment().fulfilmentId()).isEmpty())
                            .as("whole is true when nothing remains")
                            .isEqualTo(e.whole());
                    if (e.reason() == ReleaseReason.NOT_ANSWERED_IN_TIME) {
                        open.remove(e.fulfilment().fulfilmentId());
                        expired.put(e.fulfilment().fulfilmentId(), quantities(e.released()));
                    } else if (e.whole()) {
                        closes(of, e.fulfilment().fulfilmentId());
                    }
                }
                case ReservationVoided e -> {
                    closed.add(e.fulfilment().fulfilmentId());
                    expired.remove(e.fulfilment().fulfilmentId());
                }
                case StockCommitted e -> {
                    alreadyCounted(e, e.alreadyCounted());
                    if (open.containsKey(e.fulfilment().fulfilmentId())) {
                        closes(open, e.fulfilment().fulfilmentId());
                    } else {
                        e.changes()
                                .forEach(each -> assertThat(each.change().committed())
                                        .as("a claim ends once")
                                        .isZero());
                    }
                    closed.add(e.fulfilment().fulfilmentId());
                    expired.remove(e.fulfilment().fulfilmentId());
                }
                case ReservationBroken e -> {
                    if (open.containsKey(e.fulfilment().fulfilmentId())) {
                        assertThat(picked)
                                .as("picked reservations are not broken")
                                .doesNotContain(e.fulfilment().fulfilmentId());
                        assertThat(e.shortSkus()).isNotEmpty();
                        frees(open, e.fulfilment().fulfilmentId(), e.released());
                        closes(open, e.fulfilment().fulfilmentId());
                    }
                    closed.add(e.fulfilment().fulfilmentId());
                    expired.remove(e.fulfilment().fulfilmentId());
                }
                case ReservationReduced e -> {
                    String id = e.fulfilment().fulfilmentId();
                    assertThat(picked).as("picked reservations lose nothing").doesNotContain(id);
                    assertThat(known(confirmed, id))
                            .as("only confirmed reservations lose a part")
                            .isTrue();
                    frees(open, id, e.lost());
                    assertThat(known(open, id)).as("the rest stays reserved").isNotEmpty();
                    Map<String, Long> all = lost.computeIfAbsent(id, none -> new HashMap<>());
                    e.lost().forEach(line -> all.merge(line.sku(), line.quantity(), Long::sum));
                }
                case StockHeld e -> {
                    assertThat(holds.put(e.holdId(), quantities(e.held()))).isNull();
                    e.held().forEach(line -> assertNotNegative(line.sku(), "", event));
                }
                case StockHoldChanged e -> {
                    assertThat(holds.put(e.holdId(), quantities(e.held()))).isNotNull();
                    e.changes().stream()
                            .filter(change -> change.change().held() > 0)
                            .forEach(change -> assertNotNegative(change.sku(), "", event));
                }
                case StockHoldReleased e -> assertThat(holds.remove(e.holdId())).isNotNull();
                case StockHoldExpired e -> assertThat(holds.remove(e.holdId())).isNotNull();
                case StockShortfallDetected e ->
                    assertThat(e.shortBy())
                            .as("a shortfall has the missing quantity")
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
                    sentTransfers.add(e.transferId());
                }
                case TransferExpected e -> {
                    assertThat(endedTransfers).doesNotContain(e.transferId());
                    Map<String, Long> transit = new HashMap<>();
                    e.sent().forEach(line -> transit.merge(key(line.sku(), line.unit()), line.quantity(), Long::sum));
                    assertThat(inTransit.put(e.transferId(), transit))
                            .as("expected once")
                            .isNull();
                    arrives(transit, ahead.getOrDefault(e.transferId(), List.of()));
                }
                case StockTransferredIn e -> {
                    alreadyCounted(e, e.alreadyCounted());
                    if (e.last()) {
                        lastReceived.add(e.transferId());
                    }
                    if (e.returnedFrom() == null) {
                        assertThat(endedTransfers).doesNotContain(e.transferId());
                        Map<String, Long> transit = inTransit.get(e.transferId());
                        if (transit == null) {
                            ahead.computeIfAbsent(e.transferId(), none -> new ArrayList<>())
                                    .addAll(e.arrived());
                        } else {
                            arrives(transit, e.arrived());
                        }
                    } else {
                        assertThat(sentTransfers).contains(e.transferId());
                    }
                }
                case TransferClosed e -> {
                    inTransit.remove(e.transferId());
                    assertThat(endedTransfers.add(e.transferId()))
                            .as("closed once")
                            .isTrue();
                }
                case SafetyStockSet e -> {}
                case CapacityPaused e -> {}
                case SlotClosed e -> {}
            }
        }

        private static void arrives(Map<String, Long> transit, List<SkuQuantity> lines) {
            lines.forEach(line -> transit.computeIfPresent(
                    key(line.sku(), line.unit()), (key, open) -> Math.max(0, open - line.quantity())));
        }

        private static String key(String sku, Unit unit) {
            return sku + "|" + unit;
        }

        private void moves(InventoryEvent event, String key, long onHand) {
            Instant movedAt = event.movedAt();
            if (movedAt != null && onHand != 0) {
                assertThat(movedAt)
                        .as("only a movement after the newest count changes on hand in %s", event)
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
                        .as("%s adds the movements since", event)
                        .isEqualTo(movedSince);
                assertThat(known(expected, key).onHand())
                        .as("on hand is the count plus the movements since")
                        .isEqualTo(counted.counted() + movedSince);
                countedAt.put(key, event.countedAt());
            }
        }

        private void alreadyCounted(InventoryEvent event, List<SkuQuantity> lines) {
            for (SkuQuantity line : lines) {
                assertThat(event.movedAt())
                        .as("a newer count covers it in %s", event)
                        .isBeforeOrEqualTo(known(countedAt, key(line.sku(), line.unit())));
            }
        }

        private void opens(String fulfilmentId, List<SkuQuantity> lines) {
            assertThat(closed).as("closed for ever").doesNotContain(fulfilmentId);
            assertThat(expired).as("made again only when confirmed").doesNotContainKey(fulfilmentId);
            assertThat(open.put(fulfilmentId, quantities(lines)))
                    .as("opened once")
                    .isNull();
        }

        private static Map<String, Long> quantities(List<SkuQuantity> lines) {
            Map<String, Long> quantities = new HashMap<>();
            lines.forEach(line -> quantities.put(line.sku(), line.quantity()));
            return quantities;
        }

        private void frees(Map<String, Map<String, Long>> of, String fulfilmentId, List<SkuQuantity> lines) {
            assertThat(of).as("only remaining units are released").containsKey(fulfilmentId);
            Map<String, Long> claim = known(of, fulfilmentId);
            lines.forEach(line -> claim.compute(line.sku(), (sku, quantity) -> {
                assertThat(quantity).isNotNull().isGreaterThanOrEqualTo(line.quantity());
                return quantity == line.quantity() ? null : quantity - line.quantity();
            }));
        }

        private void closes(Map<String, Map<String, Long>> of, String fulfilmentId) {
            assertThat(of.remove(fulfilmentId)).as("ends once").isNotNull();
            closed.add(fulfilmentId);
        }

        private void assertNotNegative(String sku, String fulfilmentId, InventoryEvent event) {
            Quantities after = known(expected, key(sku, stock.level(sku).unit()));
            long kept = channels.get(fulfilmentId) == Channel.ONLINE ? after.safetyStock() : 0;
            assertThat(after.onHand() - after.committed() - after.held() - kept)
                    .as("only available units are claimed: %s", event)
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
                    .as("open reservations, and nothing else, have a claim on each of their SKUs after %s", command)
                    .isEqualTo(open.values().stream()
                            .flatMap(claim -> claim.values().stream())
                            .filter(quantity -> quantity > 0)
                            .count());
            for (String sku : SKUS) {
                Level level = stock.level(sku);
                Quantities quantities = level.quantities();
                assertThat(quantities)
                        .as("the level of %s is the sum of its changes after %s", sku, command)
                        .isEqualTo(expected.getOrDefault(key(sku, level.unit()), Quantities.NONE));
                level.positions()
                        .others()
                        .forEach(position -> assertThat(position.quantities())
                                .as("the position of %s in %s after %s", sku, position.unit(), command)
                                .isEqualTo(known(expected, key(sku, position.unit()))));
                assertThat(claiming(sku).stream()
                                .mapToLong(each -> new SkuQuantity(sku, 0, level.unit()).in(each.lines()))
                                .sum())
                        .as("claims on %s add up to committed after %s", sku, command)
                        .isEqualTo(quantities.committed());
                assertThat(open.values().stream()
                                .mapToLong(claim -> claim.getOrDefault(sku, 0L))
                                .sum())
                        .as("open reservations of %s add up to committed after %s", sku, command)
                        .isEqualTo(quantities.committed());
                assertThat(holds.values().stream()
                                .mapToLong(claim -> claim.getOrDefault(sku, 0L))
                                .sum())
                        .as("holds of %s add up to held after %s", sku, command)
                        .isEqualTo(quantities.held());
                for (Unit unit : List.of(Unit.EACH, Unit.GRAM)) {
                    assertThat(level.positions().in(unit).inTransit())
                            .as("open transfers of %s add up to the units in transit after %s", sku, command)
                            .isNotNegative()
                            .isEqualTo(inTransit.values().stream()
                                    .mapToLong(transit -> transit.getOrDefault(key(sku, unit), 0L))
                                    .sum());
                }
                assertThat(quantities.damaged()).isNotNegative();
                if (quantities.shortBy() > 0) {
                    assertThat(claiming(sku))
                            .as("reservations that cannot be met are broken, except picked ones, after %s", command)
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
                    Channel channel = switch (command) {
                        case HoldStock hold -> hold.channel();
                        case ChangeHold change -> change.channel();
                        default -> Channel.STORE;
                    };
                    shortages.forEach(each -> {
                        assertThat(each.available())
                                .as("%s", command)
                                .isEqualTo(available(each.sku(), channel))
                                .isLessThan(each.requested());
                    });
                }
                case InventoryRejection.AdjustmentBelowZero(var sku, var present, var change) ->
                    assertThat(present + change).as("%s", command).isNegative();
                case InventoryRejection.CountSuperseded(var sku, var countedAt, var newest) ->
                    assertThat(countedAt).as("%s", command).isBefore(newest);
                case InventoryRejection.CountInFuture e ->
                    assertThat(e.countedAt()).isAfter(e.now());
                case InventoryRejection.LocationUnknown e -> throw new AssertionError(e.toString());
                case InventoryRejection.UnitMismatch e ->
                    assertThat(e.given()).as("%s", command).isNotEqualTo(e.unit());
                case InventoryRejection.CountTooOld e ->
                    assertThat(e.countedAt()).as("%s", command).isBefore(e.rememberedSince());
                case InventoryRejection.DocumentUsed e -> throw new AssertionError(e.toString());
                case InventoryRejection.TransferToItself e -> throw new AssertionError(e.toString());
                case InventoryRejection.TransferDue e ->
                    assertThat(e.expectedBy()).isBeforeOrEqualTo(e.now());
                case InventoryRejection.TransferUnknown e ->
                    assertThat(sentTransfers).doesNotContain(e.transferId());
                case InventoryRejection.TransferEnded e ->
                    assertThat(endedTransfers.contains(e.transferId()) || lastReceived.contains(e.transferId()))
                            .as("%s", command)
                            .isTrue();
                case InventoryRejection.HoldEnded e -> assertThat(holds).doesNotContainKey(e.holdId());
                case InventoryRejection.HoldTooLong e ->
                    assertThat(command)
                            .isInstanceOfSatisfying(
                                    ChangeHold.class,
                                    change -> assertThat(now.plusSeconds(Objects.requireNonNull(change.seconds())))
                                            .isAfter(e.latest()));
                case InventoryRejection.NoSlots e -> assertThat(e.method()).isEqualTo(FulfilmentMethod.CURBSIDE);
                case InventoryRejection.PauseOver e -> assertThat(e.until()).isBeforeOrEqualTo(e.now());
                case InventoryRejection.TooManyPauses e -> throw new AssertionError(e.toString());
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
            Fulfilment fulfilment = new Fulfilment(HERE, reservation, "o" + reservation);
            String id = "x" + ids++;
            return switch (random.nextInt(24)) {
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
                case 5 ->
                    new TransferStock(
                            HERE,
                            id,
                            "L2",
                            movedAt(),
                            lines(6),
                            random.nextBoolean() ? null : now.plusSeconds(1 + random.nextInt(600)));
                case 6, 20 -> transfer(id);
                case 21 ->
                    new ChangeHold(
                            HERE,
                            anyHold(),
                            null,
                            channel(),
                            random.nextBoolean() ? null : lines(8),
                            random.nextBoolean() ? null : 60L + random.nextInt(4_000));
                case 7 -> new HoldStock(HERE, "h" + ids, null, channel(), lines(8), 60 + random.nextInt(600));
                case 8 -> new ReleaseHold(HERE, anyHold(), null);
                case 9 -> new ExpireHold(HERE, anyHold());
                case 10, 11, 12 ->
                    new ReserveStock(
                            new Fulfilment(HERE, "f" + ids, "of" + ids),
                            METHODS.get(random.nextInt(METHODS.size())),
                            channel(),
                            lines(8),
                            random.nextBoolean() ? anyHold() : null,
                            now.plus(Duration.ofMinutes(random.nextInt(20))),
                            random.nextBoolean() ? null : now.plus(Duration.ofMinutes(60 + random.nextInt(240))));
                case 13 -> new ConfirmReservation(fulfilment, channel(), linesOf(reservation));
                case 14 -> new MarkPicked(fulfilment);
                case 15 ->
                    random.nextBoolean()
                            ? new ReleaseReservation(fulfilment, ReleaseReason.PICKUP_CANCELLED)
                            : new ReleasePart(fulfilment, ReleaseReason.PICKUP_CANCELLED, lines(3));
                case 16 ->
                    random.nextBoolean()
                            ? new ExpireReservation(fulfilment)
                            : new ReportShortPick(
                                    fulfilment, id, movedAt(), sku(), 1 + random.nextInt(3), random.nextBoolean());
                case 17 -> new CommitReservation(fulfilment, movedAt(), linesOf(reservation));
                case 18 ->
                    new RecordSale(
                            new Fulfilment(HERE, id, "o" + id), now.minusSeconds(random.nextInt(900)), facts(10));
                case 19 ->
                    switch (random.nextInt(4)) {
                        case 0 -> new RegisterLocation(location(1 + random.nextInt(3)));
                        case 1 ->
                            new PauseCapacity(
                                    HERE,
                                    new Pause(
                                            id,
                                            List.of(METHODS.get(random.nextInt(METHODS.size()))),
                                            now.plusSeconds(random.nextInt(7_200) - 3_600),
                                            now.plusSeconds(random.nextInt(7_200)),
                                            "STAFF_SHORTAGE"));
                        default -> slots.close(HERE, random);
                    };
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

        private InventoryCommand transfer(String id) {
            String known = oneOf(inTransit, "t");
            return switch (random.nextInt(8)) {
                case 0, 1 ->
                    // Some should have arrived so long ago that they end without news soon.
                    new ExpectTransfer(
                            HERE,
                            "t" + ids,
                            "L2",
                            facts(6),
                            now.minus(Duration.ofDays(30)).plusSeconds(random.nextInt(7_200)));
                case 2, 3 -> arrival(known, id, random.nextInt(3) == 0);
                case 4 ->
                    ahead.isEmpty() || random.nextBoolean()
                            ? arrival("u" + ids, id, random.nextBoolean())
                            : new ExpectTransfer(HERE, oneOf(ahead, "u"), "L2", facts(6), now.plusSeconds(600));
                case 5 -> new EndReturnedTransfer(HERE, known, "L2", facts(3));
                case 6 -> new CloseTransfer(HERE, known, "L2");
                default ->
                    new BookTransferReceipt(
                            HERE, anySent(), HERE, id, movedAt(), facts(4), List.of(), random.nextBoolean());
            };
        }

        private BookTransferReceipt arrival(String transferId, String receiptId, boolean last) {
            return new BookTransferReceipt(
                    HERE,
                    transferId,
                    "L2",
                    receiptId,
                    movedAt(),
                    facts(4),
                    random.nextBoolean() ? facts(2) : List.of(),
                    last);
        }

        private String anySent() {
            List<String> sent = sentTransfers.stream().sorted().toList();
            return sent.isEmpty() ? "x" + ids : sent.get(random.nextInt(sent.size()));
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
