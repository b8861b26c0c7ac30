package dev.mortar.audit;

import static dev.mortar.audit.ExpectedSteps.Step.*;
import static dev.mortar.audit.Invariant.PARCEL_REPORTED;
import static dev.mortar.audit.Sums.byLine;

import dev.mortar.audit.ExpectedSteps.Expected;
import dev.mortar.schemas.OrderLine;
import dev.mortar.schemas.order.FulfilmentDelivered;
import dev.mortar.schemas.order.FulfilmentHandedOver;
import dev.mortar.schemas.order.FulfilmentLost;
import dev.mortar.schemas.order.FulfilmentUndelivered;
import dev.mortar.schemas.pickup.*;
import dev.mortar.schemas.returns.PurchaseLost;
import dev.mortar.schemas.returns.ReturnAccepted;
import dev.mortar.schemas.returns.ReturnReason;
import dev.mortar.schemas.returns.ReturnWindowMoved;
import dev.mortar.values.Money;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** From the end of a parcel to the order and to the returns: each of them books it once. */
final class ParcelStory extends Auditor {
    private final ExpectedSteps steps;
    private final OrderAudit orders;
    private final ReturnAudit returns;
    /** By fulfilment, until the order has reported the ends of all its parcels. */
    private final Map<String, Delivery> deliveries = new HashMap<>();

    ParcelStory(Findings findings, ExpectedSteps steps, OrderAudit orders, ReturnAudit returns) {
        super(findings);
        this.orders = orders;
        this.steps = steps;
        this.returns = returns;
        on(PickupHandedOver.class, event -> {
            if (!event.getParcels().isEmpty()) {
                deliveries.put(
                        event.getFulfilmentId(), new Delivery(event.getParcels().size()));
            }
        });
        on(FulfilmentHandedOver.class, this::handedOver);
        on(ParcelDelivered.class, event -> steps.expect(REPORT_DELIVERED, parcel(), byLine(event.getLines())));
        on(ParcelReturned.class, event -> steps.expect(REPORT_UNDELIVERED, parcel(), byLine(event.getLines())));
        on(ParcelLost.class, event -> {
            // The shopper may have brought the units back before.
            var orderId = event.getOrderId();
            var lines = byLine(event.getLines());
            steps.expect(REPORT_LOST, parcel(), lines, () -> !orders.isAnyLeft(orderId, lines.keySet()));
        });
        on(FulfilmentDelivered.class, this::delivered);
        on(FulfilmentUndelivered.class, this::undelivered);
        on(FulfilmentLost.class, this::lost);
        on(ReturnWindowMoved.class, event -> steps.take(MOVE_WINDOW, event.getFulfilmentId(), null));
        on(ReturnAccepted.class, this::returnAccepted);
        on(PurchaseLost.class, this::purchaseLost);
    }

    /** The lines that were handed over, and the parcels that have not ended. */
    private static final class Delivery {
        private int parcels;
        private List<OrderLine> lines = List.of();
        private @Nullable String paymentReference;
        /** Units by line. */
        private Map<String, Long> lost = Map.of();

        Delivery(int parcels) {
            this.parcels = parcels;
        }
    }

    /** The parcel that the judged event is about. */
    private String parcel() {
        return logged().field("fulfilmentId") + " " + logged().field("parcelId");
    }

    private void handedOver(FulfilmentHandedOver event) {
        var delivery = deliveries.get(event.getFulfilmentId());
        if (delivery != null) {
            delivery.lines = event.getLines();
            delivery.paymentReference = event.getPaymentReference();
        }
    }

    private void ended(String fulfilmentId) {
        var delivery = deliveries.get(fulfilmentId);
        if (delivery != null && --delivery.parcels == 0) {
            deliveries.remove(fulfilmentId);
        }
    }

    private void delivered(FulfilmentDelivered event) {
        steps.take(REPORT_DELIVERED, parcel(), byLine(event.getLines()));
        var orderId = event.getOrderId();
        var id = event.getFulfilmentId();
        var at = logged().recordedAt();
        steps.expect(MOVE_WINDOW, id, Map.of(), () -> !returns.isWindowMovedBy(orderId, id, at));
        ended(id);
    }

    private void undelivered(FulfilmentUndelivered event) {
        var lines = byLine(event.getLines());
        var step = steps.take(REPORT_UNDELIVERED, parcel(), lines);
        if (step != null && step.since().event() instanceof ParcelReturned returned) {
            same(PARCEL_REPORTED, "The units that came back", event.getLines(), returned.getLines());
        }
        var orderId = event.getOrderId();
        var id = event.getFulfilmentId();
        steps.expect(RETURN_UNDELIVERABLE, "", lines, () -> !returns.isAnyLeft(orderId, id, lines.keySet()));
        ended(id);
    }

    private void lost(FulfilmentLost event) {
        var lines = byLine(event.getLines());
        var step = steps.take(REPORT_LOST, parcel(), null);
        var orderId = event.getOrderId();
        if (step != null) {
            var rest = Sums.minus(step.content(), lines).keySet();
            boolean areAll = Sums.within(lines, step.content()) && !orders.isAnyLeft(orderId, rest);
            check(PARCEL_REPORTED, areAll, "Lost are %s of %s, and not all that is left", lines, step.content());
        }
        var id = event.getFulfilmentId();
        var delivery = deliveries.get(id);
        if (delivery != null) {
            boolean isShare = event.getLines().stream().allMatch(line -> isShare(delivery, line));
            var sentence = "Lost are %s; they have to be the last units of %s, less %s";
            check(PARCEL_REPORTED, isShare, sentence, event.getLines(), delivery.lines, delivery.lost);
            var reference = event.getPaymentReference();
            same(PARCEL_REPORTED, "The payment of the lost units", reference, delivery.paymentReference);
            delivery.lost = Sums.plus(delivery.lost, lines);
        }
        var amount = event.getAmount().getAmount();
        same(PARCEL_REPORTED, "The amount of the lost units", amount, Sums.paid(event.getLines()));
        steps.expect(RECORD_LOSS, parcel(), lines, () -> !returns.isAnyLeft(orderId, id, lines.keySet()));
        ended(id);
    }

    /** Whether a line is the last units of a line that was handed over, without those that were lost before. */
    private static boolean isShare(Delivery delivery, OrderLine lost) {
        var its = delivery.lines.stream().filter(line -> line.getLineId().equals(lost.getLineId()));
        var line = its.findFirst().orElse(null);
        if (line == null) {
            return false;
        }
        long end = line.getQuantity() - delivery.lost.getOrDefault(line.getLineId(), 0L);
        long start = end - lost.getQuantity();
        return start >= 0
                && lost.getQuantity() > 0
                && lost.getSku().equals(line.getSku())
                && lost.getUnit() == line.getUnit()
                && lost.getUnitPrice().equals(line.getUnitPrice())
                && lost.getTaxIncluded() == line.getTaxIncluded()
                && lost.getDiscount().getAmount() == share(line, line.getDiscount(), start, end)
                && lost.getTax().getAmount() == share(line, line.getTax(), start, end);
    }

    private static long share(OrderLine line, dev.mortar.schemas.Money whole, long start, long end) {
        return new Money(whole.getAmount(), whole.getCurrency())
                .share(start, end, line.getQuantity())
                .amount();
    }

    private void returnAccepted(ReturnAccepted event) {
        if (!logged().hasCause()) {
            return;
        }
        var step = steps.take(RETURN_UNDELIVERABLE, "", null);
        if (step != null && step.since().event() instanceof FulfilmentUndelivered undelivered) {
            namesUnitsThatAreLeft(step, undelivered.getFulfilmentId(), byLine(event.getLines()));
            boolean isRight = event.getLocationId().equals(undelivered.getReturnedTo())
                    && event.getLines().stream()
                            .allMatch(line -> line.getReason() == ReturnReason.UNDELIVERABLE
                                    && Objects.equals(line.getFulfilmentId(), undelivered.getFulfilmentId()));
            var sentence = "The return %s is not of a parcel of %s that came back to %s";
            Object[] values = {event, undelivered.getFulfilmentId(), undelivered.getReturnedTo()};
            check(PARCEL_REPORTED, isRight, sentence, values);
        }
    }

    private void purchaseLost(PurchaseLost event) {
        var step = steps.take(RECORD_LOSS, parcel(), null);
        if (step != null) {
            namesUnitsThatAreLeft(step, event.getFulfilmentId(), byLine(event.getLines()));
        }
    }

    /** After the judged event. Units that came back or were lost before cannot come back or be lost again. */
    private void namesUnitsThatAreLeft(Expected step, String fulfilmentId, Map<String, Long> named) {
        var orderId = String.valueOf(logged().field("orderId"));
        boolean isRight = Sums.within(named, step.content())
                && !returns.isAnyLeft(
                        orderId, fulfilmentId, Sums.minus(step.content(), named).keySet());
        var sentence = "%s names %s of %s, and not all the units that were left";
        check(PARCEL_REPORTED, isRight, sentence, logged().type(), named, step.content());
    }
}
