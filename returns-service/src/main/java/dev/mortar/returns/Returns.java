package dev.mortar.returns;

import dev.mortar.returns.ReturnsEvent.*;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The state of the returns of one order: the units handed over and the units returned. */
sealed interface Returns {

    /** Nothing was handed over, so nothing can be returned. The order may not exist. */
    record NothingHandedOver() implements Returns {}

    /**
     * Goods of the order were handed over.
     *
     * @param customerId opaque id of the shopper, or null for a guest
     * @param paymentReference reference at the payment provider, or null
     * @param fulfilmentIds recorded fulfilments, oldest first
     * @param lines every line that was handed over, with its returned units
     * @param returns accepted returns, oldest first
     */
    record Purchased(
            String orderId,
            @Nullable String customerId,
            @Nullable String paymentReference,
            List<String> fulfilmentIds,
            List<BoughtLine> lines,
            List<Return> returns)
            implements Returns {

        @Nullable
        BoughtLine line(String lineId) {
            return lines.stream()
                    .filter(line -> line.lineId().equals(lineId))
                    .findFirst()
                    .orElse(null);
        }

        @Nullable
        Return find(String returnId) {
            return returns.stream()
                    .filter(accepted -> accepted.returnId().equals(returnId))
                    .findFirst()
                    .orElse(null);
        }

        private Purchased plus(Purchase purchase) {
            return new Purchased(
                    orderId,
                    customerId != null ? customerId : purchase.customerId(),
                    paymentReference != null ? paymentReference : purchase.paymentReference(),
                    plus(fulfilmentIds, List.of(purchase.fulfilmentId())),
                    plus(lines, bought(purchase)),
                    returns);
        }

        private Purchased plus(Return accepted) {
            List<BoughtLine> changed = new ArrayList<>(lines);
            for (ReturnedLine returned : accepted.lines()) {
                changed.replaceAll(line -> line.isOf(returned) ? line.afterReturn(returned) : line);
            }
            return new Purchased(
                    orderId, customerId, paymentReference, fulfilmentIds, changed, plus(returns, List.of(accepted)));
        }

        private static <T> List<T> plus(List<T> list, List<T> more) {
            List<T> all = new ArrayList<>(list);
            all.addAll(more);
            return all;
        }

        private static List<BoughtLine> bought(Purchase purchase) {
            return purchase.lines().stream()
                    .map(line -> BoughtLine.of(line.line(), purchase.fulfilmentId(), purchase.returnableUntil()))
                    .toList();
        }
    }

    /** The state after the event. */
    static Returns evolve(Returns state, ReturnsEvent event) {
        return switch (event) {
            case PurchaseRecorded(Purchase purchase) ->
                purchased(state, purchase.orderId()).plus(purchase);
            case ReturnAccepted(String orderId, String customerId, Return accepted) ->
                switch (state) {
                    case NothingHandedOver() ->
                        throw new IllegalStateException("a return of order " + orderId + " before any purchase");
                    case Purchased purchased -> purchased.plus(accepted);
                };
            // The payment provider pays the refund. The return already holds the amount.
            case RefundRequested _ -> state;
        };
    }

    private static Purchased purchased(Returns state, String orderId) {
        return switch (state) {
            case NothingHandedOver() -> new Purchased(orderId, null, null, List.of(), List.of(), List.of());
            case Purchased purchased -> purchased;
        };
    }
}
