package dev.mortar.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.schemas.*;
import dev.mortar.schemas.inventory.*;
import dev.mortar.schemas.order.*;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PublishedAuditTest {
    private static final Quantities NOTHING = new Quantities(0L, 0L, 0L, 0L, 0L, 0L, 0L);

    private final Stories day = Stories.day();
    private final Instant asOf = day.now.plus(AuditTest.LATER);
    private final Audit audit = new Audit(AuditTest.RULES);
    private final Map<String, SpecificRecord> states = new LinkedHashMap<>();
    private final Map<String, Long> totals = new HashMap<>();

    /** States as they should be. */
    @BeforeEach
    void tell() {
        day.events().forEach(audit::accept);
        var orders = audit.state().orders();
        for (LoggedEvent logged : day.events()) {
            var key = logged.key();
            var meta = logged.meta();
            if (logged.recordId().topic().equals("order.events")) {
                var phase = Objects.requireNonNull(orders.get(key)).state();
                states.put(key, summary(key, phase, total(logged), meta.getSequence(), meta.getRecordedAt()));
            }
            if (logged.event() instanceof LocationRegistered) {
                states.put(key, location(logged));
            }
            slots(logged);
            for (Object each : logged.field("changes") instanceof Collection<?> changes ? changes : List.of()) {
                var change = (StockChange) each;
                var levelKey = key + "|" + change.getSku();
                states.put(levelKey, level((InventoryLevel) states.get(levelKey), logged, change));
            }
        }
    }

    @Test
    void statesThatAreTheFoldAreRight() {
        var report = report();

        assertThat(report.violations()).isEmpty();
        assertThat(report.facts().get(Invariant.PUBLISHED_IS_FOLD)).isEqualTo(states.size());
        assertThat(states.values()).hasAtLeastOneElementOfType(OrderSummary.class);
        assertThat(states.values()).hasAtLeastOneElementOfType(InventoryLevel.class);
    }

    @Test
    void rulesOfSourcingFollowFromNoEvent() {
        var office = new Actor(ActorType.BACK_OFFICE, "b1", null, null);
        states.put("default|1", new SourcingRules("default", 1, 100_000L, 2_880L, List.of(), Instant.EPOCH, office));
        assertThat(report().violations()).isEmpty();
    }

    @Test
    void catchesAWrongNumberOfBookings() {
        InventoryCapacity slot = first(InventoryCapacity.class, _ -> true);
        slot.put("unpicked", slot.getUnpicked() + 1);
        assertCaught("Slot " + slot.getLocationId() + "|" + slot.getSlot());
    }

    @Test
    void catchesAWrongQuantity() {
        InventoryLevel level = anyLevel();
        level.getQuantities().put("onHand", level.getQuantities().getOnHand() + 1);
        assertCaught("Stock of " + level.getSku() + " at " + level.getLocationId());
    }

    @Test
    void catchesWhatIsMissingInAnotherUnit() {
        InventoryLevel level =
                first(InventoryLevel.class, each -> !each.getOtherUnits().isEmpty());
        level.put("otherUnits", List.of());
        assertCaught("Stock of " + level.getSku() + " at " + level.getLocationId());
    }

    @Test
    void catchesAWrongUnit() {
        anyLevel().put("unit", Unit.MILLILITRE);
        assertCaught("MILLILITRE");
    }

    @Test
    void catchesGoodsForTheVendorThatAreNotPublished() {
        InventoryLevel level =
                first(InventoryLevel.class, each -> each.getQuantities().getToVendor() > 0);
        level.getQuantities().put("toVendor", 0L);
        assertCaught("Stock of " + level.getSku());
    }

    @Test
    void catchesAWrongAvailability() {
        InventoryLevel level = anyLevel();
        level.put("availableOnline", level.getAvailableOnline() + 1);
        assertCaught("Stock of " + level.getSku());
    }

    @Test
    void catchesAWrongStateOfAnOrder() {
        OrderSummary summary = anySummary();
        summary.put("state", "LOST");
        assertCaught("Order " + summary.getOrderId());
    }

    @Test
    void catchesAWrongTotalOfAnOrder() {
        OrderSummary summary = anySummary();
        summary.put("total", new Money(summary.getTotal().getAmount() + 1, "NOK"));
        assertCaught("Order " + summary.getOrderId());
    }

    @Test
    void catchesALocationUnderAnotherName() {
        InventoryLocation location = anyLocation();
        location.put("name", "Elsewhere");
        assertCaught("Location " + location.getLocationId());
    }

    @Test
    void catchesALocationThatIsClosedOnAnotherDate() {
        InventoryLocation location = anyLocation();
        location.put("exceptions", List.of(new OpeningException("2026-12-25", null, null)));
        assertCaught("Location " + location.getLocationId());
    }

    @Test
    void catchesALocationThatIsNotPublished() {
        InventoryLocation location = anyLocation();
        states.remove(location.getLocationId());
        assertCaught("Location " + location.getLocationId() + " is not published");
    }

    @Test
    void catchesWhatIsNotPublished() {
        states.remove(anySummary().getOrderId());
        assertCaught("is not published");
    }

    @Test
    void catchesAStateThatWasOvertakenLongAgo() {
        anyLevel().put("sequence", 1L);
        assertCaught("as of sequence 1");
    }

    @Test
    void catchesAStateOfWhatNeverHappened() {
        states.put("made up", summary("made up", "PLACED", 100, 1, day.now));
        assertCaught("Order made up");
    }

    @Test
    void aRunningSystemMayBeAheadOrBehindForAMoment() {
        anySummary().put("sequence", 99L);
        anySummary().put("changedAt", asOf);
        states.put("new", summary("new", "PLACED", 100, 1, asOf));

        assertThat(report().violations()).isEmpty();
    }

    @Test
    void catchesAStateThatCannotBeRead() {
        var published = audit.published(asOf);
        published.unreadable("order.summaries/0/7", "torn");
        assertThat(audit.finish(asOf).violations().getFirst().explanation()).contains("order.summaries/0/7", "torn");
    }

    private AuditReport report() {
        var published = audit.published(asOf);
        states.values().forEach(published::accept);
        published.finish();
        return audit.finish(asOf);
    }

    private void assertCaught(String what) {
        var report = report();
        assertThat(report.violated()).containsOnly(Map.entry(Invariant.PUBLISHED_IS_FOLD, 1L));
        assertThat(report.violations().getFirst().explanation()).contains(what);
    }

    private static InventoryLocation location(LoggedEvent registered) {
        var location = new InventoryLocation();
        for (var field : location.getSchema().getFields()) {
            boolean isSequence = field.name().equals("sequence");
            location.put(field.pos(), isSequence ? registered.meta().getSequence() : registered.field(field.name()));
        }
        return location;
    }

    /** The bookings of the slot that an event names. Staged goods do not occur in these stories. */
    private void slots(LoggedEvent logged) {
        if (logged.event() instanceof SlotClosed closed) {
            states.remove(Stories.OSLO + "|" + closed.getMethod() + "|" + closed.getStartsAt());
        } else if (logged.event().getSchema().getField("slot") != null
                && logged.field("slot") instanceof BookedSlot slot) {
            var name = slot.getMethod() + "|" + slot.getStartsAt();
            states.put(
                    logged.key() + "|" + name,
                    new InventoryCapacity(
                            logged.key(),
                            name,
                            slot.getMethod(),
                            slot.getStartsAt(),
                            slot.getEndsAt(),
                            logged.meta().getSequence(),
                            slot.getLimit(),
                            slot.getBookedAfter(),
                            slot.getBookedAfter()));
        }
    }

    private InventoryLocation anyLocation() {
        return first(InventoryLocation.class, _ -> true);
    }

    private InventoryLevel anyLevel() {
        return first(InventoryLevel.class, _ -> true);
    }

    private OrderSummary anySummary() {
        return first(OrderSummary.class, _ -> true);
    }

    private <T> T first(Class<T> type, Predicate<T> which) {
        var states = this.states.values().stream().filter(type::isInstance).map(type::cast);
        return states.filter(which).findFirst().orElseThrow();
    }

    /** What the shopper pays after an event. */
    private long total(LoggedEvent logged) {
        return switch (logged.event()) {
            case OrderPlaced event -> set(logged, event.getTotal().getAmount());
            case SaleRecorded event -> set(logged, event.getTotal().getAmount());
            case OrderConfirmed event -> set(logged, event.getTotal().getAmount());
            case OrderLinesCancelled event ->
                totals.merge(logged.key(), -event.getAmount().getAmount(), Long::sum);
            case OrderRejected event -> set(logged, 0);
            case OrderCancelled event -> set(logged, 0);
            default -> totals.getOrDefault(logged.key(), 0L);
        };
    }

    private long set(LoggedEvent logged, long total) {
        totals.put(logged.key(), total);
        return total;
    }

    private static OrderSummary summary(String orderId, String state, long total, long sequence, Instant changedAt) {
        return new OrderSummary(
                orderId, sequence, Channel.ONLINE, null, state, new Money(total, "NOK"), changedAt, changedAt);
    }

    /** The level of a SKU after a change of one of its units. */
    private static InventoryLevel level(@Nullable InventoryLevel before, LoggedEvent logged, StockChange change) {
        var quantities = new EnumMap<Unit, Quantities>(Unit.class);
        var kept = before == null ? change.getUnit() : before.getUnit();
        if (before != null) {
            before.getOtherUnits().forEach(other -> quantities.put(other.getUnit(), other.getQuantities()));
            quantities.put(before.getUnit(), before.getQuantities());
            boolean decides =
                    logged.type().equals("StockReceived") || logged.type().equals("StockCounted");
            if (decides
                    && change.getAfter().getOnHand() > 0
                    && before.getQuantities().equals(NOTHING)) {
                kept = change.getUnit();
            }
        }
        quantities.put(
                change.getUnit(), Quantities.newBuilder(change.getAfter()).build());
        var after = Objects.requireNonNull(quantities.remove(kept));
        var otherUnits = new ArrayList<LevelInUnit>();
        quantities.forEach((unit, there) -> {
            if (!there.equals(NOTHING)) {
                otherUnits.addFirst(new LevelInUnit(unit, there));
            }
        });
        long inStore = after.getOnHand() - after.getCommitted() - after.getHeld();
        return new InventoryLevel(
                logged.key(),
                change.getSku(),
                kept,
                logged.meta().getSequence(),
                after,
                otherUnits,
                Math.max(0, inStore),
                Math.max(0, inStore - after.getSafetyStock()),
                logged.recordedAt());
    }
}
