package dev.mortar.inventory;

import dev.mortar.eventsourcing.FieldName;
import dev.mortar.values.Calendar;
import dev.mortar.values.FulfilmentMethod;
import dev.mortar.values.OpeningException;
import dev.mortar.values.OpeningHours;
import dev.mortar.values.Unit;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An entry of a location's stock, each under its own key: {@code <location>} holds the location,
 * {@code <location>|l|<sku>} a level, and {@code <location>|<letter>|<id>} everything else.
 */
sealed interface StockEntry {

    record Location(
            String locationId,
            String name,
            @FieldName("type") LocationType kind,
            double latitude,
            double longitude,
            String timeZone,
            List<OpeningHours> openingHours,
            List<OpeningException> exceptions,
            Offer offer)
            implements StockEntry {

        Calendar calendar() {
            return new Calendar(ZoneId.of(timeZone), openingHours, exceptions, offer.dispatchTimes());
        }
    }

    /**
     * The quantities of one SKU.
     *
     * @param memories counts and movements by unit; a unit without any is absent
     * @param nextClaim number of the next claim on the SKU; numbers start at 0 and are used once
     */
    record Level(String sku, Positions positions, Map<Unit, Memory> memories, long nextClaim) implements StockEntry {

        static Level absent(String sku) {
            return new Level(sku, Positions.NONE, Map.of(), 0);
        }

        /** The unit that the location keeps the SKU in. */
        Unit unit() {
            return positions.kept().unit();
        }

        /** The quantities in the unit that the location keeps the SKU in. */
        Quantities quantities() {
            return positions.kept().quantities();
        }

        Memory memory(Unit unit) {
            return memories.getOrDefault(unit, Memory.NONE);
        }

        Level with(Positions changed) {
            return new Level(sku, changed, memories, nextClaim);
        }

        Level with(Unit unit, Memory changed) {
            Map<Unit, Memory> all = new TreeMap<>(memories);
            all.put(unit, changed);
            return new Level(sku, positions, all, nextClaim);
        }

        Level claimed() {
            return new Level(sku, positions, memories, nextClaim + 1);
        }
    }

    /**
     * The remembered counts and movements of a position. A count adds the movements that occurred after it.
     *
     * @param countedAt time of the newest count, or null
     * @param firstPage number of the oldest page of movements
     * @param nextPage number of the next page of movements; equal to {@code firstPage} when there are no pages
     * @param forgottenUntil movements up to this instant may be forgotten; null when none is
     */
    record Memory(
            @Nullable Instant countedAt,
            long firstPage,
            long nextPage,
            @Nullable Instant forgottenUntil) {

        static final Memory NONE = new Memory(null, 0, 0, null);

        /** True when the newest count already covers a movement at this time. */
        boolean counted(Instant movedAt) {
            return countedAt != null && !movedAt.isAfter(countedAt);
        }
    }

    /** A page of movements of one SKU in one unit. Pages keep the cost of one more movement constant. */
    record MovementPage(List<Movement> movements) implements StockEntry {

        static final int MOVEMENTS_MAX = 100;

        boolean isFull() {
            return movements.size() >= MOVEMENTS_MAX;
        }

        MovementPage plus(Movement movement) {
            List<Movement> more = new ArrayList<>(movements);
            more.add(movement);
            return new MovementPage(List.copyOf(more));
        }

        /** The time of the latest movement; a page is never empty. */
        Instant latest() {
            return movements.stream()
                    .map(Movement::movedAt)
                    .max(Comparator.naturalOrder())
                    .orElseThrow();
        }
    }

    /** A change of on hand, and when it occurred. */
    record Movement(Instant movedAt, long onHand) {}

    /**
     * An open reservation's claim on a SKU, removed when none of the SKU remains reserved. Claims are entries of their
     * own, so the cost of a reservation does not grow with the number of others on its SKUs.
     */
    record Claim(String fulfilmentId) implements StockEntry {}

    /**
     * An open reservation.
     *
     * @param lines goods that are still reserved, each SKU once
     * @param claims the number of its claim on each reserved SKU
     * @param expiresAt when it expires unless it is confirmed or picked before
     * @param lost units that it lost and that neither the order nor the store has given up yet, each SKU once
     * @param reductions how often it lost units
     * @param slot the slot that is booked for it, as it was booked; null without one
     */
    record Reservation(
            Fulfilment fulfilment,
            List<SkuQuantity> lines,
            Map<String, Long> claims,
            Instant expiresAt,
            boolean confirmed,
            boolean picked,
            List<SkuQuantity> lost,
            int reductions,
            @Nullable Slot slot)
            implements StockEntry {

        static Reservation of(
                Fulfilment fulfilment,
                List<SkuQuantity> lines,
                Instant expiresAt,
                @Nullable Slot slot,
                boolean confirmed,
                boolean picked) {
            return new Reservation(fulfilment, lines, Map.of(), expiresAt, confirmed, picked, List.of(), 0, slot);
        }

        boolean expires() {
            return !confirmed && !picked;
        }

        Reservation claiming(Map<String, Long> numbers) {
            return new Reservation(fulfilment, lines, numbers, expiresAt, confirmed, picked, lost, reductions, slot);
        }

        Reservation asConfirmed() {
            return new Reservation(fulfilment, lines, claims, expiresAt, true, picked, lost, reductions, slot);
        }

        Reservation asPicked() {
            return new Reservation(fulfilment, lines, claims, expiresAt, confirmed, true, lost, reductions, slot);
        }

        Reservation minus(List<SkuQuantity> released, List<SkuQuantity> alreadyLost) {
            return new Reservation(
                    fulfilment,
                    SkuQuantity.minus(lines, released),
                    claims,
                    expiresAt,
                    confirmed,
                    picked,
                    SkuQuantity.minus(lost, alreadyLost),
                    reductions,
                    slot);
        }

        Reservation losing(List<SkuQuantity> units) {
            return new Reservation(
                    fulfilment,
                    SkuQuantity.minus(lines, units),
                    claims,
                    expiresAt,
                    confirmed,
                    picked,
                    SkuQuantity.summed(
                            Stream.concat(lost.stream(), units.stream()).toList()),
                    reductions + 1,
                    slot);
        }
    }

    /**
     * A reservation that expired. A late confirmation of its order makes it again, so its remaining lines are
     * remembered.
     *
     * @param lines goods to reserve again, each SKU once
     * @param slot the slot that was booked for it; null without one
     * @param slotBooked true when the slot stayed booked, because it had begun
     */
    record ExpiredReservation(
            String fulfilmentId,
            List<SkuQuantity> lines,
            @Nullable Slot slot,
            boolean slotBooked,
            boolean picked) implements StockEntry {

        ExpiredReservation asPicked() {
            return new ExpiredReservation(fulfilmentId, lines, slot, slotBooked, true);
        }

        ExpiredReservation minus(List<SkuQuantity> released) {
            return new ExpiredReservation(fulfilmentId, SkuQuantity.minus(lines, released), slot, slotBooked, picked);
        }
    }

    /** A closed reservation. It is remembered for ever, so that no command opens or ends it again. */
    record ClosedReservation(String fulfilmentId, ReservationEnd ending) implements StockEntry {}

    enum ReservationEnd {
        REJECTED,
        VOIDED,
        RELEASED,
        BROKEN,
        COMMITTED
    }

    /**
     * A cart's hold, removed when it ends.
     *
     * @param heldBy the shopper whose hold it is, or null
     * @param requested the units that it was made with
     * @param lines the units that it holds now
     */
    record Hold(
            String locationId,
            String holdId,
            @Nullable String heldBy,
            List<SkuQuantity> requested,
            List<SkuQuantity> lines,
            Instant heldAt,
            Instant expiresAt)
            implements StockEntry {}

    /**
     * A transfer to the location that has not ended.
     *
     * @param sent null if goods arrived before the news that they were sent
     * @param arrived units that arrived, fit for sale or not
     * @param expectedBy when the goods should have arrived; null before that news
     * @param endsAt when it ends even without a last receipt
     * @param last whether the receiver said, before that news, that nothing more comes
     */
    record Transfer(
            String locationId,
            String transferId,
            String fromLocationId,
            @Nullable List<SkuQuantity> sent,
            List<SkuQuantity> arrived,
            @Nullable Instant expectedBy,
            Instant endsAt,
            boolean last)
            implements StockEntry {

        /** The units in transit. */
        List<SkuQuantity> open() {
            return sent == null ? List.of() : SkuQuantity.minus(sent, arrived);
        }
    }

    /** A transfer that ended. It is remembered for ever, so that no receipt comes after it. */
    record EndedTransfer(String transferId) implements StockEntry {}

    /**
     * The id of a booked document. It is remembered for ever, so that it is never booked again.
     *
     * @param content the booked document; null when callers do not choose the id
     */
    record Booked(String id, @Nullable Document content) implements StockEntry {}

    /**
     * The bookings of a slot, removed a day after its end.
     *
     * @param limit fulfilments that could be booked at the newest booking; null if there was no limit
     * @param unpicked booked fulfilments that are still open, with goods that are not staged
     */
    record SlotBookings(
            String locationId,
            FulfilmentMethod method,
            Instant startsAt,
            @Nullable Long limit,
            long booked,
            long unpicked)
            implements StockEntry {

        Instant endsAt() {
            return startsAt.plus(Slot.LENGTH);
        }

        SlotBookings plusUnpicked(long change) {
            return new SlotBookings(locationId, method, startsAt, limit, booked, unpicked + change);
        }
    }

    /** The pauses of a location that had not ended when the newest one was made. */
    record Pauses(List<Pause> pauses) implements StockEntry {}
}
