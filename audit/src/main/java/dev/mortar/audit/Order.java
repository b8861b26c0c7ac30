package dev.mortar.audit;

import dev.mortar.schemas.FulfilmentMethod;
import dev.mortar.schemas.Money;
import dev.mortar.schemas.OrderLine;
import dev.mortar.schemas.order.Fulfilment;
import dev.mortar.schemas.order.OrderConfirmed;
import dev.mortar.schemas.order.OrderPlaced;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An order; once it has ended only what returns and late answers need is kept. */
final class Order {
    enum Phase {
        PLACED,
        CONFIRMED,
        REJECTED,
        CANCELLED,
        COMPLETED
    }

    @Nullable
    Object @Nullable [] about;

    @Nullable
    LoggedEvent placed;

    @Nullable
    LoggedEvent confirmed;

    Phase phase = Phase.PLACED;
    /** By line: what the order stands by and what became of it. */
    Map<String, Long> ordered;

    Map<String, Long> left = new HashMap<>();
    Map<String, Long> cancelled = new HashMap<>();
    Map<String, Long> returned = Map.of();
    Set<String> reserved = new HashSet<>();
    Set<String> rejected = new HashSet<>();
    /** Fulfilments that the stock refused or whose reservation broke, whether the order has heard of it or not. */
    Set<String> refused = Set.of();

    Set<String> handedOver = new HashSet<>();
    Set<String> cancellations = Set.of();
    long amount;
    long cancelledAmount;

    Order(OrderPlaced placed, @Nullable Object[] about, Map<String, Long> ordered) {
        this.about = about;
        this.ordered = ordered;
        this.amount = placed.getTotal().getAmount();
    }

    boolean isDecided() {
        return phase != Phase.PLACED;
    }

    boolean isOver() {
        return phase == Phase.REJECTED || phase == Phase.CANCELLED || phase == Phase.COMPLETED;
    }

    /** What of a line is neither handed over nor cancelled. */
    long open(String lineId) {
        return ordered.getOrDefault(lineId, 0L) - left.getOrDefault(lineId, 0L) - cancelled.getOrDefault(lineId, 0L);
    }

    /** What the shopper pays now. */
    long total() {
        return phase == Phase.REJECTED || phase == Phase.CANCELLED ? 0 : amount - cancelledAmount;
    }

    /** Those that were confirmed, or placed as long as none are. */
    List<OrderLine> lines() {
        if (confirmed != null && confirmed.event() instanceof OrderConfirmed event) {
            return event.getLines();
        }
        return placed != null && placed.event() instanceof OrderPlaced event ? event.getLines() : List.of();
    }

    List<Fulfilment> fulfilments() {
        if (confirmed != null && confirmed.event() instanceof OrderConfirmed event) {
            return event.getFulfilments();
        }
        return placed != null && placed.event() instanceof OrderPlaced event ? event.getFulfilments() : List.of();
    }

    /** Fulfilments that have a reservation, or may yet get one. */
    Set<String> reservable() {
        var ids = new HashSet<String>();
        for (var fulfilment : fulfilments()) {
            if (fulfilment.getMethod() != FulfilmentMethod.CARRY_OUT
                    && !rejected.contains(fulfilment.getFulfilmentId())) {
                ids.add(fulfilment.getFulfilmentId());
            }
        }
        return ids;
    }

    /** Forgets what nobody asks of an order that ended. */
    void close(Phase end) {
        phase = end;
        about = null;
        placed = null;
        confirmed = null;
        ordered = Map.copyOf(ordered);
        left = left.equals(ordered) ? ordered : Map.copyOf(left);
        cancelled = Map.copyOf(cancelled);
        reserved = Set.of();
        rejected = Set.of();
        refused = Set.of();
        handedOver = Set.of();
        cancellations = Set.of();
    }

    /** Whether so many units of a line are left to end. */
    boolean has(OrderLine line, long units) {
        long open = open(line.getLineId());
        return 0 < units && units <= open && open <= line.getQuantity();
    }

    /** Whether what leaves of a line takes its share of discount and tax along, and is else as it was. */
    boolean isShare(OrderLine line, OrderLine left) {
        return has(line, left.getQuantity())
                && left.getSku().equals(line.getSku())
                && left.getUnit() == line.getUnit()
                && left.getUnitPrice().equals(line.getUnitPrice())
                && left.getTaxIncluded() == line.getTaxIncluded()
                && left.getDiscount().getCurrency().equals(line.getDiscount().getCurrency())
                && left.getTax().getCurrency().equals(line.getTax().getCurrency())
                && left.getDiscount().getAmount() == share(line, line.getDiscount(), left.getQuantity())
                && left.getTax().getAmount() == share(line, line.getTax(), left.getQuantity());
    }

    /** What is paid for the units of a line that end next. */
    long paid(OrderLine line, long units) {
        return line.getUnitPrice().getAmount() * units
                - share(line, line.getDiscount(), units)
                + (line.getTaxIncluded() ? 0 : share(line, line.getTax(), units));
    }

    /** The share of discount or tax of the units of a line that end next. */
    private long share(OrderLine line, Money whole, long units) {
        long gone = line.getQuantity() - open(line.getLineId());
        return new dev.mortar.values.Money(whole.getAmount(), whole.getCurrency())
                .share(gone, gone + units, line.getQuantity())
                .amount();
    }
}
