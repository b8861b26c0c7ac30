package dev.mortar.order;

import dev.mortar.order.OrderRejection.*;
import dev.mortar.values.Channel;
import dev.mortar.values.LinePart;
import dev.mortar.values.Money;
import dev.mortar.values.OrderLine;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The rules that an order must satisfy regardless of stock. */
final class OrderRules {

    /** The largest amount of anything in an order, its total included, in minor units. */
    static final long MAX_MINOR_UNITS = 1_000_000_000_000L;

    private OrderRules() {}

    /** The first mistake in an order, or null. */
    static @Nullable OrderRejection mistake(RequestedOrder order) {
        OrderRejection mistake = mistake(order.lines());
        return mistake == null ? mistakeInFulfilments(order) : mistake;
    }

    static @Nullable OrderRejection mistake(List<OrderLine> lines) {
        Set<String> lineIds = new HashSet<>();
        long total = 0;
        for (int i = 0; i < lines.size(); i++) {
            OrderLine line = lines.get(i);
            String field = "lines[" + i + "]";
            if (!lineIds.add(line.lineId())) {
                return new DuplicateLine(field + ".lineId", line.lineId());
            }
            List<String> currencies = Stream.of(
                            lines.getFirst().unitPrice(), line.unitPrice(), line.discount(), line.tax())
                    .map(Money::currency)
                    .distinct()
                    .toList();
            if (currencies.size() > 1) {
                return new MixedCurrencies(field, currencies);
            }
            if (line.unitPrice().amount() > MAX_MINOR_UNITS / line.quantity()) {
                return new AmountTooLarge(field + ".unitPrice", MAX_MINOR_UNITS);
            }
            long price = line.unitPrice().amount() * line.quantity();
            if (line.discount().amount() > price) {
                return new DiscountAbovePrice(
                        field + ".discount", line.lineId(), line.discount().amount(), price);
            }
            total += line.total().amount();
            if (total > MAX_MINOR_UNITS) {
                return new AmountTooLarge(field, MAX_MINOR_UNITS);
            }
        }
        return null;
    }

    private static @Nullable OrderRejection mistakeInFulfilments(RequestedOrder order) {
        List<Fulfilment> fulfilments = order.fulfilments();
        Map<String, OrderLine> lines =
                order.lines().stream().collect(Collectors.toMap(OrderLine::lineId, line -> line));
        Map<String, List<LinePart>> partsByLine = new HashMap<>();
        Set<String> splitLines = new HashSet<>();
        for (int i = 0; i < fulfilments.size(); i++) {
            Fulfilment fulfilment = fulfilments.get(i);
            String field = "fulfilments[" + i + "]";
            String listOfLines = field + (fulfilment.parts().isEmpty() ? ".lineIds" : ".parts");
            if (fulfilment.lineIds().isEmpty()) {
                return new EmptyFulfilment(listOfLines);
            }
            Set<String> ofFulfilment = new HashSet<>();
            for (String lineId : fulfilment.lineIds()) {
                OrderLine line = lines.get(lineId);
                if (line == null) {
                    return new UnknownLine(listOfLines, lineId);
                }
                if (!ofFulfilment.add(lineId) && !fulfilment.parts().isEmpty()) {
                    return new DuplicateLine(listOfLines, lineId);
                }
                partsByLine.computeIfAbsent(lineId, id -> new ArrayList<>()).add(fulfilment.part(line));
            }
            fulfilment.parts().forEach(part -> splitLines.add(part.lineId()));
            if (fulfilment.carriedOut() && order.channel() != Channel.STORE) {
                return new CarryOutOutsideStore(field + ".method");
            }
            if (fulfilment.carriedOut()
                    && order.acceptance() == Acceptance.WHOLE
                    && !fulfilments.stream().allMatch(Fulfilment::carriedOut)) {
                return new CarryOutInWholeOrder(field + ".method");
            }
        }
        for (int i = 0; i < order.unsourced().size(); i++) {
            String field = "fulfilments[" + (fulfilments.size() + i) + "].parts";
            List<LinePart> parts = order.unsourced().get(i).parts();
            if (parts.isEmpty()) {
                return new EmptyFulfilment(field);
            }
            Set<String> ofPart = new HashSet<>();
            for (LinePart part : parts) {
                OrderLine line = lines.get(part.lineId());
                if (line == null) {
                    return new UnknownLine(field, part.lineId());
                }
                if (!ofPart.add(part.lineId())) {
                    return new DuplicateLine(field, part.lineId());
                }
                partsByLine
                        .computeIfAbsent(part.lineId(), id -> new ArrayList<>())
                        .add(part);
                if (part.quantity() != line.quantity()) {
                    splitLines.add(part.lineId());
                }
            }
        }
        for (int i = 0; i < order.lines().size(); i++) {
            OrderLine line = order.lines().get(i);
            String field = "lines[" + i + "]";
            List<LinePart> parts = partsByLine.getOrDefault(line.lineId(), List.of());
            if (parts.size() != 1 && !splitLines.contains(line.lineId())) {
                return new LineNotInOneFulfilment(field, line.lineId(), parts.size());
            }
            long units = parts.stream().mapToLong(LinePart::quantity).sum();
            if (units != line.quantity()) {
                return new PartsNotTheLine(field, line.lineId(), line.quantity(), units);
            }
        }
        return null;
    }
}
