package dev.mortar.returns;

import dev.mortar.values.OrderLine;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.summingLong;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.Decider;
import dev.mortar.eventsourcing.Decision;
import dev.mortar.returns.Returns.NothingHandedOver;
import dev.mortar.returns.Returns.Purchased;
import dev.mortar.returns.ReturnsCommand.AcceptReturn;
import dev.mortar.returns.ReturnsCommand.BroughtBack;
import dev.mortar.returns.ReturnsCommand.RecordPurchase;
import dev.mortar.returns.ReturnsEvent.PurchaseRecorded;
import dev.mortar.returns.ReturnsEvent.RefundRequested;
import dev.mortar.returns.ReturnsEvent.ReturnAccepted;
import dev.mortar.returns.ReturnsRejection.DispositionMissing;
import dev.mortar.returns.ReturnsRejection.MoreThanRemains;
import dev.mortar.returns.ReturnsRejection.NothingBroughtBack;
import dev.mortar.returns.ReturnsRejection.NothingHasLeft;
import dev.mortar.returns.ReturnsRejection.OverrideNotByAssociate;
import dev.mortar.returns.ReturnsRejection.PurchaseContradicts;
import dev.mortar.returns.ReturnsRejection.ReturnConflict;
import dev.mortar.returns.ReturnsRejection.ReturnWindowOver;
import dev.mortar.returns.ReturnsRejection.TooManyReturnedLines;
import dev.mortar.returns.ReturnsRejection.UnknownLines;
import dev.mortar.values.Money;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rules of returns: what may come back, until when, and what is refunded for it. */
final class ReturnsDecider implements Decider<ReturnsCommand, Returns, ReturnsEvent> {

    static final ReturnsDecider RETURNS = new ReturnsDecider();

    /** Bounds the state of one order, which has to fit into one record of Kafka. */
    static final int MAX_RETURNED_LINES_PER_ORDER = 2_000;

    private ReturnsDecider() {}

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
            case RecordPurchase purchase -> record(state, purchase);
            case AcceptReturn accept ->
                switch (state) {
                    case NothingHandedOver() -> Decision.rejected(new NothingHasLeft(accept.orderId()));
                    case Purchased purchased -> accept(purchased, accept, now);
                };
        };
    }

    /** A fulfilment is recorded once, however often it is told; each line leaves with exactly one fulfilment. */
    private static Decision<ReturnsEvent> record(Returns state, RecordPurchase command) {
        Set<String> lineIds = new HashSet<>();
        Set<String> currencies = new HashSet<>();
        if (state instanceof Purchased purchased) {
            if (purchased.fulfilmentIds().contains(command.fulfilmentId())) {
                return Decision.accepted();
            }
            for (BoughtLine line : purchased.lines()) {
                lineIds.add(line.lineId());
                currencies.add(line.refunded().currency());
            }
        }
        for (PurchasedLine line : command.lines()) {
            currencies.add(line.paid().currency());
            if (!lineIds.add(line.line().lineId()) || currencies.size() > 1) {
                return Decision.rejected(new PurchaseContradicts(
                        command.orderId(), command.fulfilmentId(), line.line().lineId()));
            }
        }
        return Decision.accepted(new PurchaseRecorded(
                command.orderId(),
                command.fulfilmentId(),
                command.customerId(),
                command.channel(),
                command.locationId(),
                command.handedOverAt(),
                command.returnableUntil(),
                command.lines(),
                command.paymentReference()));
    }

    /** Goods and money are decided together: a return without its refund, or the reverse, is never in the log. */
    private static Decision<ReturnsEvent> accept(Purchased purchased, AcceptReturn command, Instant now) {
        List<BroughtBack> lines = summed(command.lines());
        Return booked = purchased.find(command.returnId());
        if (booked != null) {
            return isSame(booked, command, lines)
                    ? Decision.accepted()
                    : Decision.rejected(new ReturnConflict(command.orderId(), booked));
        }
        List<BoughtLine> closed = closed(purchased, lines, now);
        ReturnsRejection refusal = refusal(purchased, command, lines, closed);
        if (refusal != null) {
            return Decision.rejected(refusal);
        }
        List<ReturnedLine> returned = refunded(purchased, lines);
        Money refund =
                returned.stream().map(ReturnedLine::refund).reduce(Money::plus).orElseThrow();
        ReturnAccepted accepted = new ReturnAccepted(
                command.orderId(),
                purchased.customerId(),
                new Return(
                        command.returnId(),
                        command.locationId(),
                        now,
                        returned,
                        refund,
                        closed.isEmpty() ? null : command.override()));
        // Nothing was paid, so there is nothing for the payment provider to do.
        if (refund.amount() == 0) {
            return Decision.accepted(accepted);
        }
        return Decision.accepted(
                accepted,
                new RefundRequested(command.orderId(), command.returnId(), refund, purchased.paymentReference()));
    }

    private static @Nullable ReturnsRejection refusal(
            Purchased purchased, AcceptReturn command, List<BroughtBack> lines, List<BoughtLine> closed) {
        if (lines.isEmpty()) {
            return new NothingBroughtBack();
        }
        List<String> undecided = lines.stream()
                .filter(line -> line.disposition() == Disposition.UNKNOWN)
                .map(BroughtBack::lineId)
                .toList();
        if (!undecided.isEmpty()) {
            return new DispositionMissing(undecided);
        }
        List<String> unknown = lines.stream()
                .map(BroughtBack::lineId)
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
        if (!closed.isEmpty() && override == null) {
            return new ReturnWindowOver(closed.stream()
                    .map(line -> new ReturnWindowOver.Closed(line.lineId(), line.returnableUntil()))
                    .toList());
        }
        int returnedLines = lines.size()
                + purchased.returns().stream()
                        .mapToInt(accepted -> accepted.lines().size())
                        .sum();
        return returnedLines > MAX_RETURNED_LINES_PER_ORDER
                ? new TooManyReturnedLines(command.orderId(), MAX_RETURNED_LINES_PER_ORDER)
                : null;
    }

    /** An override that was not needed was not booked, so it makes no difference. */
    private static boolean isSame(Return booked, AcceptReturn command, List<BroughtBack> lines) {
        return booked.locationId().equals(command.locationId())
                && booked.lines().stream()
                        .map(ReturnedLine::broughtBack)
                        .toList()
                        .equals(lines)
                && (booked.override() == null || booked.override().equals(command.override()));
    }

    /** Adds up what differs in nothing but the quantity, in the order of first mention. */
    private static List<BroughtBack> summed(List<BroughtBack> lines) {
        Map<BroughtBack, Long> quantities = new LinkedHashMap<>();
        for (BroughtBack line : lines) {
            quantities.merge(line.withQuantity(1), line.quantity(), Math::addExact);
        }
        return quantities.entrySet().stream()
                .map(entry -> entry.getKey().withQuantity(entry.getValue()))
                .toList();
    }

    private static List<BoughtLine> closed(Purchased purchased, List<BroughtBack> lines, Instant now) {
        return lines.stream()
                .map(line -> purchased.line(line.lineId()))
                .filter(Objects::nonNull)
                .filter(line -> now.isAfter(line.returnableUntil()))
                .distinct()
                .toList();
    }

    private static List<MoreThanRemains.Excess> excesses(Purchased purchased, List<BroughtBack> lines) {
        Map<String, Long> requested = lines.stream()
                .collect(groupingBy(BroughtBack::lineId, LinkedHashMap::new, summingLong(BroughtBack::quantity)));
        return purchased.lines().stream()
                .filter(line -> requested.getOrDefault(line.lineId(), 0L) > line.remaining())
                .map(line -> new MoreThanRemains.Excess(
                        line.lineId(), requested.getOrDefault(line.lineId(), 0L), line.remaining(), line.handedOver()))
                .toList();
    }

    private static List<ReturnedLine> refunded(Purchased purchased, List<BroughtBack> lines) {
        Map<String, BoughtLine> soFar = new HashMap<>();
        purchased.lines().forEach(line -> soFar.put(line.lineId(), line));
        List<ReturnedLine> returned = new ArrayList<>();
        for (BroughtBack line : lines) {
            BoughtLine bought = Objects.requireNonNull(soFar.get(line.lineId()));
            OrderLine sold = bought.line();
            ReturnedLine back = new ReturnedLine(
                    line.lineId(),
                    sold.sku(),
                    sold.title(),
                    line.quantity(),
                    sold.unit(),
                    line.reason(),
                    line.condition(),
                    line.disposition(),
                    bought.refundFor(line.quantity()));
            soFar.put(line.lineId(), bought.minus(back));
            returned.add(back);
        }
        return returned;
    }
}
