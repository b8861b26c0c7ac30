package dev.mortar.returns;

import static dev.mortar.eventsourcing.Decision.accepted;
import static dev.mortar.eventsourcing.Decision.rejected;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.partitioningBy;
import static java.util.stream.Collectors.summingLong;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.Decider;
import dev.mortar.eventsourcing.Decision;
import dev.mortar.returns.Returns.NothingHandedOver;
import dev.mortar.returns.Returns.Purchased;
import dev.mortar.returns.ReturnsCommand.*;
import dev.mortar.returns.ReturnsEvent.*;
import dev.mortar.returns.ReturnsRejection.*;
import dev.mortar.values.Disposition;
import dev.mortar.values.LineQuantity;
import dev.mortar.values.Money;
import dev.mortar.values.OrderLine;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** The rules of returns: which units can be returned, until when, and for which refund. */
final class ReturnsDecider implements Decider<ReturnsCommand, Returns, ReturnsEvent> {

    /** Limits the state of one order, which must fit into one Kafka record. */
    static final int MAX_RETURNED_LINES_PER_ORDER = 2_000;

    @Override
    public Returns initialState() {
        return new NothingHandedOver();
    }

    @Override
    public Returns evolve(Returns state, ReturnsEvent event) {
        return Returns.evolve(state, event);
    }

    @Override
    public Decision<ReturnsEvent> decide(Returns state, ReturnsCommand command, Instant now) {
        return switch (command) {
            case RecordPurchase(Purchase purchase) -> record(state, purchase);
            case MoveReturnWindow move -> ifPurchased(state, move, purchased -> moveWindow(purchased, move));
            case RecordLoss loss -> ifPurchased(state, loss, purchased -> recordLoss(purchased, loss));
            case TakeBackParcel parcel -> ifPurchased(state, parcel, purchased -> takeBack(purchased, parcel, now));
            case AcceptReturn accept -> ifPurchased(state, accept, purchased -> accept(purchased, accept, now));
        };
    }

    private static Decision<ReturnsEvent> ifPurchased(
            Returns state, ReturnsCommand command, Function<Purchased, Decision<ReturnsEvent>> rule) {
        return switch (state) {
            case NothingHandedOver() -> rejected(new NothingHasLeft(command.orderId()));
            case Purchased purchased -> rule.apply(purchased);
        };
    }

    /** Records a fulfilment once, even if it is reported again. Several fulfilments can have units of one line. */
    private static Decision<ReturnsEvent> record(Returns state, Purchase purchase) {
        Set<String> lineIds = new HashSet<>();
        Set<String> currencies = new HashSet<>();
        if (state instanceof Purchased purchased) {
            if (purchased.fulfilmentIds().contains(purchase.fulfilmentId())) {
                return accepted();
            }
            purchased.lines().forEach(line -> currencies.add(line.refunded().currency()));
        }
        for (PurchasedLine line : purchase.lines()) {
            String lineId = line.line().lineId();
            currencies.add(line.paid().currency());
            if (!lineIds.add(lineId) || currencies.size() > 1) {
                return rejected(new PurchaseContradicts(purchase.orderId(), purchase.fulfilmentId(), lineId));
            }
        }
        return accepted(new PurchaseRecorded(purchase));
    }

    // Ends of parcels.

    /** Several parcels can be delivered. The last one moves the window of all goods of the fulfilment. */
    private static Decision<ReturnsEvent> moveWindow(Purchased purchased, MoveReturnWindow command) {
        return purchased.linesOf(command.fulfilmentId()).stream()
                .map(BoughtLine::returnableUntil)
                .max(Comparator.naturalOrder())
                .filter(command.returnableUntil()::isAfter)
                .<Decision<ReturnsEvent>>map(previous -> accepted(new ReturnWindowMoved(
                        command.orderId(), command.fulfilmentId(), command.returnableUntil(), previous)))
                .orElse(accepted());
    }

    /** A lost parcel takes at most the units that remain. */
    private static Decision<ReturnsEvent> recordLoss(Purchased purchased, RecordLoss command) {
        if (purchased.hasLost(command.fulfilmentId(), command.parcelId())) {
            return accepted();
        }
        Map<String, Long> reported =
                command.lines().stream().collect(groupingBy(LineQuantity::lineId, summingLong(LineQuantity::quantity)));
        List<LineQuantity> lost = purchased.linesOf(command.fulfilmentId()).stream()
                .map(line -> line.line().units(Math.min(line.remaining(), reported.getOrDefault(line.lineId(), 0L))))
                .filter(units -> units.quantity() > 0)
                .toList();
        return lost.isEmpty()
                ? accepted()
                : accepted(new PurchaseLost(command.orderId(), command.fulfilmentId(), command.parcelId(), lost));
    }

    /**
     * A parcel comes back by itself, so no window is checked, and it takes at most the units that remain. The first
     * report about a parcel stands.
     */
    private static Decision<ReturnsEvent> takeBack(Purchased purchased, TakeBackParcel command, Instant now) {
        if (purchased.find(command.returnId()) != null) {
            return accepted();
        }
        List<LineToReturn> lines = sumQuantities(command.lines());
        ReturnsRejection refusal = dispositionMissing(lines);
        if (refusal == null) {
            refusal = tooManyLines(purchased, lines);
        }
        if (refusal != null) {
            return rejected(refusal);
        }
        List<ReturnedLine> returned = withRefunds(purchased.linesOf(command.fulfilmentId()), lines);
        return returned.isEmpty()
                ? accepted()
                : withRefund(purchased, command.returnId(), command.locationId(), now, returned, null);
    }

    // Returns.

    private static Decision<ReturnsEvent> accept(Purchased purchased, AcceptReturn command, Instant now) {
        List<LineToReturn> lines = sumQuantities(command.lines());
        Return earlier = purchased.find(command.returnId());
        if (earlier != null) {
            return isSame(earlier, command, lines)
                    ? accepted()
                    : rejected(new ReturnConflict(command.orderId(), earlier));
        }
        List<ReturnedLine> returned = withRefunds(inTimeFirst(purchased, now), lines);
        List<BoughtLine> late = lateLines(purchased, returned, now);
        ReturnsRejection refusal = refusal(purchased, command, lines, late);
        if (refusal != null) {
            return rejected(refusal);
        }
        return withRefund(
                purchased,
                command.returnId(),
                command.locationId(),
                now,
                returned,
                late.isEmpty() ? null : command.override());
    }

    /** Decides return and refund together, so the log never has one without the other. */
    private static Decision<ReturnsEvent> withRefund(
            Purchased purchased,
            String returnId,
            String locationId,
            Instant now,
            List<ReturnedLine> returned,
            @Nullable WindowOverride override) {
        Money refund =
                returned.stream().map(ReturnedLine::refund).reduce(Money::plus).orElseThrow();
        ReturnAccepted accepted = new ReturnAccepted(
                purchased.orderId(),
                purchased.customerId(),
                new Return(returnId, locationId, now, returned, refund, override));
        // Nothing was paid, so there is nothing to refund.
        if (refund.amount() == 0) {
            return accepted(accepted);
        }
        return accepted(
                accepted, new RefundRequested(purchased.orderId(), returnId, refund, purchased.paymentReference()));
    }

    private static @Nullable ReturnsRejection refusal(
            Purchased purchased, AcceptReturn command, List<LineToReturn> lines, List<BoughtLine> late) {
        if (lines.isEmpty()) {
            return new NothingBroughtBack();
        }
        DispositionMissing unplaced = dispositionMissing(lines);
        if (unplaced != null) {
            return unplaced;
        }
        List<String> unknown = lines.stream()
                .map(LineToReturn::lineId)
                .filter(lineId -> purchased.line(lineId) == null)
                .distinct()
                .toList();
        if (!unknown.isEmpty()) {
            return new UnknownLines(command.orderId(), unknown);
        }
        WindowOverride override = command.override();
        if (override != null && override.actor().type() != Actor.Type.ASSOCIATE) {
            return new OverrideNotByAssociate(override.actor().type());
        }
        List<MoreThanRemains.Excess> excesses = excesses(purchased, lines);
        if (!excesses.isEmpty()) {
            return new MoreThanRemains(excesses);
        }
        if (!late.isEmpty() && override == null) {
            return new ReturnWindowOver(late.stream()
                    .map(line -> new ReturnWindowOver.Closed(line.lineId(), line.returnableUntil()))
                    .toList());
        }
        return tooManyLines(purchased, lines);
    }

    private static @Nullable DispositionMissing dispositionMissing(List<LineToReturn> lines) {
        List<String> lineIds = lines.stream()
                .filter(line -> line.disposition() == Disposition.UNKNOWN)
                .map(LineToReturn::lineId)
                .toList();
        return lineIds.isEmpty() ? null : new DispositionMissing(lineIds);
    }

    private static @Nullable TooManyReturnedLines tooManyLines(Purchased purchased, List<LineToReturn> lines) {
        int returnedLines = lines.size()
                + purchased.returns().stream()
                        .mapToInt(accepted -> accepted.lines().size())
                        .sum();
        return returnedLines > MAX_RETURNED_LINES_PER_ORDER
                ? new TooManyReturnedLines(purchased.orderId(), MAX_RETURNED_LINES_PER_ORDER)
                : null;
    }

    /** An override that was not needed is not recorded, so it is not compared. */
    private static boolean isSame(Return earlier, AcceptReturn command, List<LineToReturn> lines) {
        return earlier.locationId().equals(command.locationId())
                && sumQuantities(earlier.lines().stream()
                                .map(ReturnedLine::lineToReturn)
                                .toList())
                        .equals(lines)
                && (earlier.override() == null || earlier.override().equals(command.override()));
    }

    /** Adds up lines that differ only in quantity, and keeps the sequence of their first entries. */
    private static List<LineToReturn> sumQuantities(List<LineToReturn> lines) {
        Map<LineToReturn, Long> quantities = new LinkedHashMap<>();
        for (LineToReturn line : lines) {
            quantities.merge(line.withQuantity(1), line.quantity(), Math::addExact);
        }
        return quantities.entrySet().stream()
                .map(entry -> entry.getKey().withQuantity(entry.getValue()))
                .toList();
    }

    private static List<BoughtLine> lateLines(Purchased purchased, List<ReturnedLine> returned, Instant now) {
        return returned.stream()
                .flatMap(units -> purchased.lines().stream().filter(line -> line.isOf(units)))
                .filter(line -> now.isAfter(line.returnableUntil()))
                .distinct()
                .toList();
    }

    private static List<MoreThanRemains.Excess> excesses(Purchased purchased, List<LineToReturn> lines) {
        Map<String, Long> requested = lines.stream()
                .collect(groupingBy(LineToReturn::lineId, LinkedHashMap::new, summingLong(LineToReturn::quantity)));
        return requested.entrySet().stream()
                .map(each -> new MoreThanRemains.Excess(
                        each.getKey(),
                        each.getValue(),
                        units(purchased, each.getKey(), BoughtLine::remaining),
                        units(purchased, each.getKey(), BoughtLine::handedOver)))
                .filter(excess -> excess.requested() > excess.remaining())
                .toList();
    }

    private static long units(Purchased purchased, String lineId, ToLongFunction<BoughtLine> units) {
        return purchased.lines().stream()
                .filter(line -> line.lineId().equals(lineId))
                .mapToLong(units)
                .sum();
    }

    /** If several fulfilments handed units of a line over, those that can still be returned in time come first. */
    private static List<BoughtLine> inTimeFirst(Purchased purchased, Instant now) {
        Map<Boolean, List<BoughtLine>> byLateness =
                purchased.lines().stream().collect(partitioningBy(line -> now.isAfter(line.returnableUntil())));
        List<BoughtLine> bought = new ArrayList<>(byLateness.getOrDefault(false, List.of()));
        bought.addAll(byLateness.getOrDefault(true, List.of()));
        return bought;
    }

    /** The returned units with their refunds, from the first lines that have some. */
    private static List<ReturnedLine> withRefunds(List<BoughtLine> from, List<LineToReturn> lines) {
        List<BoughtLine> bought = new ArrayList<>(from);
        List<ReturnedLine> returned = new ArrayList<>();
        for (LineToReturn line : lines) {
            long left = line.quantity();
            for (int i = 0; i < bought.size() && left > 0; i++) {
                BoughtLine one = bought.get(i);
                long units = one.lineId().equals(line.lineId()) ? Math.min(left, one.remaining()) : 0;
                if (units > 0) {
                    ReturnedLine taken = returned(line, one, units);
                    bought.set(i, one.afterReturn(taken));
                    returned.add(taken);
                    left -= units;
                }
            }
        }
        return returned;
    }

    private static ReturnedLine returned(LineToReturn line, BoughtLine from, long units) {
        OrderLine sold = from.line();
        return new ReturnedLine(
                line.lineId(),
                sold.sku(),
                sold.title(),
                units,
                sold.unit(),
                line.reason(),
                line.condition(),
                line.disposition(),
                from.refundFor(units),
                from.fulfilmentId());
    }
}
