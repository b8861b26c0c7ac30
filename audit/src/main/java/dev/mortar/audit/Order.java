package dev.mortar.audit;

import dev.mortar.schemas.Channel;
import dev.mortar.schemas.FulfilmentMethod;
import dev.mortar.schemas.Money;
import dev.mortar.schemas.OrderLine;
import dev.mortar.schemas.order.*;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;
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

    /** The event that placed it and, after the confirmation, the one that confirmed it; null after its end. */
    @Nullable
    LoggedEvent event;

    /** The same, or a till sale as a confirmed order, with the details that later events repeat. */
    @Nullable
    SpecificRecord first;

    /** The lines and fulfilments that were placed; after the confirmation those that were confirmed. */
    List<OrderLine> lines;

    List<Fulfilment> fulfilments;
    final Acceptance acceptance;
    /** The time by which it has to be decided; null if it is decided, or nothing has to be reserved for it. */
    @Nullable
    Instant decideBy;

    Phase phase = Phase.PLACED;
    /** By line, as the next three. */
    Map<String, Long> ordered;

    Map<String, Long> left = Map.of();
    Map<String, Long> cancelled = Map.of();
    Map<String, Long> returned = Map.of();
    Set<String> reserved = new HashSet<>();
    Set<String> rejected = new HashSet<>();
    /** Fulfilments that inventory refused or whose reservation it broke; order-service may not know it yet. */
    Set<String> refused = new HashSet<>(0);

    Set<String> handedOver = new HashSet<>();
    Set<String> cancellations = new HashSet<>(0);
    long amount;

    Order(LoggedEvent logged, OrderPlaced placed) {
        event = logged;
        first = placed;
        lines = placed.getLines();
        fulfilments = placed.getFulfilments();
        acceptance = placed.getAcceptance();
        decideBy = placed.getDecideBy();
        ordered = Sums.byLine(lines);
        amount = placed.getTotal().getAmount();
    }

    /** A till sale, which is confirmed from the start. */
    Order(LoggedEvent logged, OrderConfirmed sale) {
        acceptance = Acceptance.WHOLE;
        lines = sale.getLines();
        fulfilments = sale.getFulfilments();
        ordered = Map.of();
        confirm(logged, sale);
    }

    /** A till sale as a confirmed order with a single fulfilment. */
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

    /** Whether it was rejected or cancelled, so that the shopper pays nothing. */
    boolean isOff() {
        return phase == Phase.REJECTED || phase == Phase.CANCELLED;
    }

    /** Units of a line that are neither handed over nor cancelled. */
    long open(String lineId) {
        return ordered.getOrDefault(lineId, 0L) - left.getOrDefault(lineId, 0L) - cancelled.getOrDefault(lineId, 0L);
    }

    /** The amount that the shopper pays now. */
    long total() {
        return isOff() ? 0 : amount;
    }

    static @Nullable Fulfilment fulfilment(List<Fulfilment> fulfilments, String id) {
        var its = fulfilments.stream().filter(each -> each.getFulfilmentId().equals(id));
        return its.findFirst().orElse(null);
    }

    /** Goes on as confirmed. */
    void confirm(LoggedEvent logged, OrderConfirmed confirmed) {
        phase = Phase.CONFIRMED;
        event = logged;
        first = confirmed;
        lines = confirmed.getLines();
        fulfilments = confirmed.getFulfilments();
        decideBy = null;
        ordered = Sums.byLine(lines);
        amount = confirmed.getTotal().getAmount();
    }

    /** Ends the order, and forgets the state that nothing needs afterwards. */
    void end(Phase end) {
        phase = end;
        first = null;
        event = null;
        lines = List.of();
        fulfilments = List.of();
        decideBy = null;
        ordered = Map.copyOf(ordered);
        left = left.equals(ordered) ? ordered : Map.copyOf(left);
        cancelled = Map.copyOf(cancelled);
        reserved = Set.of();
        rejected = Set.of();
        refused = Set.of();
        handedOver = Set.of();
        cancellations = Set.of();
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

    /** The amount that is paid for the units of a line that leave or are cancelled next; 0 if they are not open. */
    long paid(OrderLine line, long units) {
        return !has(line, units)
                ? 0
                : line.getUnitPrice().getAmount() * units
                        - share(line, line.getDiscount(), units).getAmount()
                        + (line.getTaxIncluded()
                                ? 0
                                : share(line, line.getTax(), units).getAmount());
    }

    private boolean has(OrderLine line, long units) {
        long open = open(line.getLineId());
        return 0 < units && units <= open && open <= line.getQuantity();
    }

    /** The share of a line's discount or tax of the units that leave or are cancelled next. */
    private Money share(OrderLine line, Money whole, long units) {
        long gone = line.getQuantity() - open(line.getLineId());
        var share = new dev.mortar.values.Money(whole.getAmount(), whole.getCurrency())
                .share(gone, gone + units, line.getQuantity());
        return new Money(share.amount(), share.currency());
    }

    AuditState.OrderState state() {
        return new AuditState.OrderState(
                phase.name(),
                total(),
                new TreeMap<>(ordered),
                new TreeMap<>(left),
                new TreeMap<>(cancelled),
                new TreeMap<>(returned));
    }
}
