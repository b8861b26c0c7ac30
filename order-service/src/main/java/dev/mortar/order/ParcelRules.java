package dev.mortar.order;

import static dev.mortar.eventsourcing.Decision.accepted;
import static dev.mortar.eventsourcing.Decision.rejected;

import dev.mortar.eventsourcing.Decision;
import dev.mortar.order.FulfilmentProgress.HandedOver;
import dev.mortar.order.OrderCommand.*;
import dev.mortar.order.OrderEvent.*;
import dev.mortar.order.OrderRejection.*;
import dev.mortar.values.LinePart;
import dev.mortar.values.LineQuantity;
import dev.mortar.values.Money;
import dev.mortar.values.OrderLine;
import dev.mortar.values.ParcelReturnLine;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The rules of the parcels of a delivery, after the courier has them. A parcel ends once: the first report stands. A
 * report about a fulfilment that is not handed over changes nothing; one about an unknown fulfilment is rejected.
 */
final class ParcelRules {

    private ParcelRules() {}

    static Decision<OrderEvent> recordDelivery(Order order, RecordDelivery command) {
        return ifOnItsWay(
                order,
                command,
                command.fulfilmentId(),
                command.parcelId(),
                command.lines(),
                (contents, _) -> accepted(new FulfilmentDelivered(
                        command.orderId(),
                        command.fulfilmentId(),
                        contents.requested().customerId(),
                        command.parcelId(),
                        command.deliveredAt(),
                        command.lines())));
    }

    static Decision<OrderEvent> recordUndelivered(Order order, RecordUndelivered command) {
        return ifOnItsWay(
                order,
                command,
                command.fulfilmentId(),
                command.parcelId(),
                command.lines().stream().map(ParcelReturnLine::units).toList(),
                (contents, _) -> accepted(new FulfilmentUndelivered(
                        command.orderId(),
                        command.fulfilmentId(),
                        contents.requested().customerId(),
                        command.parcelId(),
                        command.returnedTo(),
                        command.lines())));
    }

    static Decision<OrderEvent> recordLoss(Order order, RecordLoss command) {
        return ifOnItsWay(
                order, command, command.fulfilmentId(), command.parcelId(), command.lines(), (contents, handedOver) -> {
                    List<OrderLine> lost = FulfilmentRules.sumByLine(command.lines()).stream()
                            .flatMap(units -> lost(contents, handedOver, units).stream())
                            .toList();
                    return lost.isEmpty()
                            ? accepted()
                            : accepted(new FulfilmentLost(
                                    command.orderId(),
                                    command.fulfilmentId(),
                                    contents.requested().customerId(),
                                    command.parcelId(),
                                    lost,
                                    lost.stream()
                                            .map(OrderLine::total)
                                            .reduce(Money::plus)
                                            .orElseThrow(),
                                    contents.requested().paymentReference()));
                });
    }

    private interface OnItsWay {
        Decision<OrderEvent> decide(OrderContents contents, HandedOver handedOver);
    }

    private static Decision<OrderEvent> ifOnItsWay(
            Order order,
            OrderCommand command,
            String fulfilmentId,
            String parcelId,
            List<LineQuantity> lines,
            OnItsWay rule) {
        if (!(order instanceof Order.Known known)) {
            return FulfilmentRules.unknown(command);
        }
        Fulfilment fulfilment = known.contents().fulfilment(fulfilmentId);
        if (fulfilment == null) {
            return FulfilmentRules.unknownFulfilment(known.contents(), fulfilmentId);
        }
        if (!(known.contents().progress(fulfilment) instanceof HandedOver handedOver)
                || handedOver.hasEnded(parcelId)) {
            return accepted();
        }
        for (LineQuantity units : FulfilmentRules.sumByLine(lines)) {
            LinePart sent = sent(handedOver, units.lineId());
            if (sent == null) {
                return rejected(new UnknownLine("lines", units.lineId()));
            }
            if (units.quantity() > sent.quantity()) {
                return rejected(new TooManyUnits(units.lineId(), units.quantity(), sent.quantity()));
            }
        }
        return rule.decide(known.contents(), handedOver);
    }

    private static @Nullable LinePart sent(HandedOver handedOver, String lineId) {
        return handedOver.sent().stream()
                .filter(part -> part.lineId().equals(lineId))
                .findFirst()
                .orElse(null);
    }

    /**
     * The last units of a line that are not lost yet, as a line of their own; empty if there are none. Returns take the
     * first units, so the refunds of both add up to the price paid. Returned units are not lost.
     */
    private static List<OrderLine> lost(OrderContents contents, HandedOver handedOver, LineQuantity units) {
        LinePart sent = Objects.requireNonNull(sent(handedOver, units.lineId()));
        OrderLine ordered = Objects.requireNonNull(contents.line(units.lineId()));
        long end = sent.quantity() - handedOver.lost(units.lineId());
        long notReturned =
                contents.progress(ordered).handedOver() - contents.returned(ordered) - lost(contents, ordered);
        long quantity = Math.min(units.quantity(), Math.min(end, notReturned));
        return quantity > 0
                ? List.of(ordered.part(sent.firstUnit(), sent.quantity()).part(end - quantity, quantity))
                : List.of();
    }

    private static long lost(OrderContents contents, OrderLine line) {
        return contents.fulfilments().stream()
                .mapToLong(
                        each -> each.progress() instanceof HandedOver handedOver ? handedOver.lost(line.lineId()) : 0)
                .sum();
    }
}
