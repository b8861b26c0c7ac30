package dev.mortar.order;

import dev.mortar.order.OrderRejection.*;
import dev.mortar.values.Channel;
import dev.mortar.values.Money;
import dev.mortar.values.OrderLine;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
        Map<String, Integer> fulfilmentsByLine = new HashMap<>();
        order.lines().forEach(line -> fulfilmentsByLine.put(line.lineId(), 0));
        for (int i = 0; i < fulfilments.size(); i++) {
            Fulfilment fulfilment = fulfilments.get(i);
            String field = "fulfilments[" + i + "]";
            if (fulfilment.lineIds().isEmpty()) {
                return new EmptyFulfilment(field + ".lineIds");
            }
            for (String lineId : fulfilment.lineIds()) {
                if (fulfilmentsByLine.computeIfPresent(lineId, (id, before) -> before + 1) == null) {
                    return new UnknownLine(field + ".lineIds", lineId);
                }
            }
            if (fulfilment.carriedOut() && order.channel() != Channel.STORE) {
                return new CarryOutOutsideStore(field + ".method");
            }
            if (fulfilment.carriedOut()
                    && order.acceptance() == Acceptance.WHOLE
                    && !fulfilments.stream().allMatch(Fulfilment::carriedOut)) {
                return new CarryOutInWholeOrder(field + ".method");
            }
        }
        for (int i = 0; i < order.lines().size(); i++) {
            String lineId = order.lines().get(i).lineId();
            int fulfilmentsOfLine = fulfilmentsByLine.getOrDefault(lineId, 0);
            if (fulfilmentsOfLine != 1) {
                return new LineNotInOneFulfilment("lines[" + i + "]", lineId, fulfilmentsOfLine);
            }
        }
        return null;
    }
}
