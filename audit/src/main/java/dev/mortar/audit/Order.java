package dev.mortar.audit;

import dev.mortar.schemas.Channel;
import dev.mortar.schemas.FulfilmentMethod;
import dev.mortar.schemas.Money;
import dev.mortar.schemas.OrderLine;
import dev.mortar.schemas.order.*;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** An order. Once it has ended, only the state that returns and late answers need is kept. */
final class Order {
    enum Phase {
        PLACED,
        CONFIRMED,
        REJECTED,
        CANCELLED,
        COMPLETED
    }

    @Nullable
    Object @Nullable [] repeated;

    @Nullable
    LoggedEvent placed;

    @Nullable
    LoggedEvent confirmed;

    Phase phase = Phase.PLACED;
    /** By line, as the next three. */
    Map<String, Long> ordered;

    Map<String, Long> left = Map.of();
    Map<String, Long> cancelled = Map.of();
    Map<String, Long> returned = Map.of();
    Set<String> reserved = new HashSet<>();
    Set<String> rejected = new HashSet<>();
    /** Fulfilments that inventory refused or whose reservation it broke; order-service may not know it yet. */
    Set<String> refused = Set.of();

    Set<String> handedOver = new HashSet<>();
    Set<String> cancellations = Set.of();
    long amount;
    long cancelledAmount;

    Order(LoggedEvent placed, long amount, @Nullable Object[] repeated, Map<String, Long> ordered) {
        this.placed = placed;
        this.amount = amount;
        this.repeated = repeated;
        this.ordered = ordered;
    }

    boolean isOver() {
        return phase == Phase.REJECTED || phase == Phase.CANCELLED || phase == Phase.COMPLETED;
    }

    /** Units of a line that are neither handed over nor cancelled. */
    long open(String lineId) {
        return ordered.getOrDefault(lineId, 0L) - left.getOrDefault(lineId, 0L) - cancelled.getOrDefault(lineId, 0L);
    }

    /** The amount that the shopper pays now. */
    long total() {
        return phase == Phase.REJECTED || phase == Phase.CANCELLED ? 0 : amount - cancelledAmount;
    }

    @Nullable
    OrderPlaced asPlaced() {
        return placed != null && placed.event() instanceof OrderPlaced event ? event : null;
    }

    @Nullable
    OrderConfirmed asConfirmed() {
        return confirmed == null
                ? null
                : confirmed.event() instanceof OrderConfirmed event
                        ? event
                        : confirmed((SaleRecorded) confirmed.event());
    }

    /** A till sale as an order that is confirmed, with a single fulfilment. */
    static OrderConfirmed confirmed(SaleRecorded sale) {
        var lineIds = sale.getLines().stream().map(OrderLine::getLineId).toList();
        var carriedOut = new Fulfilment(
                sale.getOrderId() + "-1", FulfilmentMethod.CARRY_OUT, sale.getLocationId(), lineIds, null, null);
        return new OrderConfirmed(
                sale.getMeta(),
                sale.getOrderId(),
                Channel.POS,
                sale.getCustomerId(),
                sale.getLines(),
                List.of(carriedOut),
                List.of(),
                List.of(),
                sale.getTotal());
    }

    /** The lines that were confirmed; until then those that were placed. */
    List<OrderLine> lines() {
        var event = asConfirmed();
        var first = asPlaced();
        return event != null ? event.getLines() : first != null ? first.getLines() : List.of();
    }

    /** The fulfilments that were confirmed; until then those that were placed. */
    List<Fulfilment> fulfilments() {
        var event = asConfirmed();
        var first = asPlaced();
        return event != null ? event.getFulfilments() : first != null ? first.getFulfilments() : List.of();
    }

    /** Fulfilments that have a reservation or may still get one. */
    Set<String> reservable() {
        return fulfilments().stream()
                .filter(each -> each.getMethod() != FulfilmentMethod.CARRY_OUT)
                .map(Fulfilment::getFulfilmentId)
                .filter(id -> !rejected.contains(id))
                .collect(Collectors.toSet());
    }

    /** Ends the order, and forgets the state that nothing needs afterwards. */
    void end(Phase end) {
        phase = end;
        repeated = null;
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

    /** Whether so many units of a line are open. */
    boolean has(OrderLine line, long units) {
        long open = open(line.getLineId());
        return 0 < units && units <= open && open <= line.getQuantity();
    }

    /** Whether some units of a line leave at its price, with their share of its discount and tax. */
    boolean isShare(OrderLine line, OrderLine part) {
        return has(line, part.getQuantity())
                && part.getSku().equals(line.getSku())
                && part.getUnit() == line.getUnit()
                && part.getUnitPrice().equals(line.getUnitPrice())
                && part.getTaxIncluded() == line.getTaxIncluded()
                && part.getDiscount().equals(share(line, line.getDiscount(), part.getQuantity()))
                && part.getTax().equals(share(line, line.getTax(), part.getQuantity()));
    }

    /** The amount that is paid for the units of a line that leave or are cancelled next. */
    long paid(OrderLine line, long units) {
        return line.getUnitPrice().getAmount() * units
                - share(line, line.getDiscount(), units).getAmount()
                + (line.getTaxIncluded() ? 0 : share(line, line.getTax(), units).getAmount());
    }

    /** The share of a line's discount or tax of the units that leave or are cancelled next. */
    private Money share(OrderLine line, Money whole, long units) {
        long gone = line.getQuantity() - open(line.getLineId());
        var share = new dev.mortar.values.Money(whole.getAmount(), whole.getCurrency())
                .share(gone, gone + units, line.getQuantity());
        return new Money(share.amount(), share.currency());
    }
}
