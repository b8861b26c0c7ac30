package dev.mortar.audit;

import dev.mortar.schemas.Channel;
import dev.mortar.schemas.FulfilmentMethod;
import dev.mortar.schemas.OrderLine;
import dev.mortar.schemas.order.*;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
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

    /** The lines that were placed. */
    List<OrderLine> lines;

    /**
     * The fulfilments that were placed; after the confirmation those that were confirmed; and those that runs added.
     */
    List<Fulfilment> fulfilments;

    /** The number of all fulfilments so far. */
    int numbered;

    /** The number of parts that were placed without a location. */
    int unsourced;

    /** The runs by id, oldest first. */
    Map<String, Run> runs = new LinkedHashMap<>(0);

    Places places;

    final Acceptance acceptance;
    /** The parties whose order it is; null after its end. */
    @Nullable
    Owner owner;

    /** The time by which it has to be decided; null if it is decided, or nothing has to be reserved for it. */
    @Nullable
    Instant decideBy;

    Phase phase = Phase.PLACED;
    /** By line, as the next four. */
    Map<String, Long> ordered;

    Map<String, Long> left = Map.of();
    Map<String, Long> cancelled = Map.of();
    Map<String, Long> returned = Map.of();
    Map<String, Long> lost = Map.of();
    /** Lines of which the order asked pickup to cancel units, by fulfilment. */
    final Set<String> asked = new HashSet<>(0);

    Set<String> reserved = new HashSet<>();
    Set<String> rejected = new HashSet<>();
    /** Fulfilments that have no units any more. */
    Set<String> moved = new HashSet<>(0);
    /**
     * Fulfilments that inventory refused or whose reservation it broke, which order-service may not know yet; and runs
     * without a source.
     */
    Set<String> refused = new HashSet<>(0);

    Set<String> handedOver = new HashSet<>();
    Set<String> cancellations = new HashSet<>(0);
    /** Whether it was cancelled while a confirmed fulfilment had open units, so that pickup-service decided. */
    boolean endedAtPickup;

    long amount;

    Order(LoggedEvent logged, OrderPlaced placed) {
        event = logged;
        first = placed;
        lines = placed.getLines();
        fulfilments = placed.getFulfilments();
        numbered = fulfilments.size();
        unsourced = placed.getUnsourced().size();
        places = new Places(lines);
        fulfilments.forEach(places::put);
        for (int i = 0; i < unsourced; i++) {
            places.put(
                    runId(placed.getOrderId(), i + 1),
                    placed.getUnsourced().get(i).getParts());
        }
        acceptance = placed.getAcceptance();
        owner = Owner.of(placed);
        decideBy = placed.getDecideBy();
        ordered = Sums.byLine(lines);
        amount = placed.getTotal().getAmount();
    }

    /** A till sale, which is confirmed from the start. */
    Order(LoggedEvent logged, SaleRecorded sale) {
        acceptance = Acceptance.WHOLE;
        lines = sale.getLines();
        owner = Owner.of(sale);
        var confirmed = confirmed(sale);
        fulfilments = confirmed.getFulfilments();
        numbered = fulfilments.size();
        places = new Places(lines);
        fulfilments.forEach(places::put);
        ordered = Map.of();
        confirm(logged, confirmed);
    }

    /** A till sale as a confirmed order with a single fulfilment. */
    static OrderConfirmed confirmed(SaleRecorded sale) {
        var lineIds = sale.getLines().stream().map(OrderLine::getLineId).toList();
        var carriedOut = new Fulfilment(
                sale.getOrderId() + "-1",
                FulfilmentMethod.CARRY_OUT,
                sale.getLocationId(),
                lineIds,
                null,
                null,
                List.of(),
                null,
                null,
                false,
                null);
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
        fulfilments = confirmed.getFulfilments();
        decideBy = null;
        var ids = fulfilments.stream().map(Fulfilment::getFulfilmentId).toList();
        places.keep(ids);
        runs.values().forEach(run -> run.confirm(ids));
        ordered = Sums.byLine(confirmed.getLines());
        amount = confirmed.getTotal().getAmount();
    }

    /** Ends the order, and forgets the state that nothing needs afterwards. */
    void end(Phase end) {
        phase = end;
        first = null;
        owner = null;
        event = null;
        lines = List.of();
        fulfilments = List.of();
        places = Places.NONE;
        runs = Map.of();
        decideBy = null;
        ordered = Map.copyOf(ordered);
        left = left.equals(ordered) ? ordered : Map.copyOf(left);
        cancelled = Map.copyOf(cancelled);
        reserved = Set.of();
        rejected = Set.of();
        moved = Set.of();
        refused = Set.of();
        handedOver = Set.of();
        cancellations = Set.of();
    }

    static String key(String fulfilmentId, String lineId) {
        return fulfilmentId + '|' + lineId;
    }

    static String runId(String orderId, int number) {
        return orderId + "-r" + number;
    }

    /** Adds a fulfilment that a run added. */
    void add(Fulfilment fulfilment) {
        numbered++;
        fulfilments = Stream.concat(fulfilments.stream(), Stream.of(fulfilment)).toList();
        owner = owner == null ? null : owner.with(fulfilment.getLocationId());
    }

    /** Replaces a fulfilment by the same one with its times. */
    void replace(Fulfilment fulfilment) {
        var others = new ArrayList<>(fulfilments);
        others.replaceAll(each -> each.getFulfilmentId().equals(fulfilment.getFulfilmentId()) ? fulfilment : each);
        fulfilments = List.copyOf(others);
    }

    /** The run that added a fulfilment; null if no run did. */
    @Nullable
    Run adding(String fulfilmentId) {
        var its = runs.values().stream().filter(run -> run.added.containsKey(fulfilmentId));
        return its.findFirst().orElse(null);
    }

    /** The newest run that added a fulfilment or looked for another location for it; null if there is none. */
    @Nullable
    Run newestRun(@Nullable String fulfilmentId) {
        return fulfilmentId == null
                ? null
                : runs.values().stream()
                        .filter(run -> run.added.containsKey(fulfilmentId)
                                || (fulfilmentId.equals(run.request.getReplaces()) && !run.isMove()))
                        .reduce((_, newer) -> newer)
                        .orElse(null);
    }

    /** The progress of an added fulfilment; null if the order was placed with it. */
    Run.@Nullable Progress added(String fulfilmentId) {
        var run = adding(fulfilmentId);
        return run == null ? null : run.added.get(fulfilmentId);
    }

    /** Whether pickup-service does not know a fulfilment, because the order added it and has not confirmed it. */
    boolean isUnconfirmed(String fulfilmentId) {
        var added = added(fulfilmentId);
        return added != null && added != Run.Progress.CONFIRMED;
    }

    /** Whether a confirmed fulfilment has open units. */
    boolean isAtPickup() {
        return fulfilments.stream()
                .map(Fulfilment::getFulfilmentId)
                .anyMatch(id -> !isUnconfirmed(id) && !places.nothingOpen(id));
    }

    /** Ids of the runs that ended without a location for their units. */
    List<String> withoutSource() {
        var its = runs.values().stream().filter(Run::isWithoutSource);
        return its.map(run -> run.request.getRunId()).toList();
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
