package dev.mortar.returns;

import dev.mortar.returns.ReturnsEvent.*;
import dev.mortar.values.LineQuantity;
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
     * @param lostParcels lost parcels, each as {@code fulfilmentId|parcelId}
     */
    record Purchased(
            String orderId,
            @Nullable String customerId,
            @Nullable String paymentReference,
            List<String> fulfilmentIds,
            List<BoughtLine> lines,
            List<Return> returns,
            List<String> lostParcels)
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
                    returns,
                    lostParcels);
        }

        private Purchased plus(Return accepted) {
            List<BoughtLine> changed = new ArrayList<>(lines);
            for (ReturnedLine returned : accepted.lines()) {
                changed.replaceAll(line -> line.isOf(returned) ? line.afterReturn(returned) : line);
            }
            return with(changed, plus(returns, List.of(accepted)), lostParcels);
        }

        private Purchased after(ReturnWindowMoved moved) {
            List<BoughtLine> changed = new ArrayList<>(lines);
            changed.replaceAll(line -> line.fulfilmentId().equals(moved.fulfilmentId())
                    ? line.returnableUntil(moved.returnableUntil())
                    : line);
            return with(changed, returns, lostParcels);
        }

        private Purchased after(PurchaseLost lost) {
            List<BoughtLine> changed = new ArrayList<>(lines);
            for (LineQuantity units : lost.lines()) {
                changed.replaceAll(line -> line.fulfilmentId().equals(lost.fulfilmentId())
                                && line.lineId().equals(units.lineId())
                        ? line.afterLoss(units.quantity())
                        : line);
            }
            return with(changed, returns, plus(lostParcels, List.of(parcel(lost.fulfilmentId(), lost.parcelId()))));
        }

        private Purchased with(List<BoughtLine> newLines, List<Return> newReturns, List<String> newLostParcels) {
            return new Purchased(
                    orderId, customerId, paymentReference, fulfilmentIds, newLines, newReturns, newLostParcels);
        }

        boolean hasLost(String fulfilmentId, String parcelId) {
            return lostParcels.contains(parcel(fulfilmentId, parcelId));
        }

        private static String parcel(String fulfilmentId, String parcelId) {
            return fulfilmentId + "|" + parcelId;
        }

        /** The lines that a fulfilment handed over. */
        List<BoughtLine> linesOf(String fulfilmentId) {
            return lines.stream()
                    .filter(line -> line.fulfilmentId().equals(fulfilmentId))
                    .toList();
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
            case ReturnWindowMoved moved -> known(state, moved.orderId()).after(moved);
            case PurchaseLost lost -> known(state, lost.orderId()).after(lost);
            case ReturnAccepted(String orderId, String customerId, Return accepted) ->
                known(state, orderId).plus(accepted);
            // The payment provider pays the refund. The return already holds the amount.
            case RefundRequested _ -> state;
        };
    }

    private static Purchased known(Returns state, String orderId) {
        if (state instanceof Purchased purchased) {
            return purchased;
        }
        throw new IllegalStateException("an event of order " + orderId + " before any purchase");
    }

    private static Purchased purchased(Returns state, String orderId) {
        return switch (state) {
            case NothingHandedOver() -> new Purchased(orderId, null, null, List.of(), List.of(), List.of(), List.of());
            case Purchased purchased -> purchased;
        };
    }
}
