package dev.mortar.audit;

import static dev.mortar.audit.ExpectedSteps.Step.*;

import dev.mortar.audit.ExpectedSteps.Step;
import dev.mortar.schemas.inventory.*;
import dev.mortar.schemas.order.OrderReturned;
import dev.mortar.schemas.returns.Disposition;
import dev.mortar.schemas.returns.ReturnAccepted;
import org.jspecify.annotations.Nullable;

/** From the accepted return to the stock and the order: the goods are booked by their disposition. */
final class ReturnStory extends Story {
    ReturnStory(Findings findings, ExpectedSteps steps) {
        super(findings, steps);
        on(ReturnAccepted.class, this::accepted);
        on(StockRestocked.class, this::restocked);
        on(DamagedStockReturned.class, this::damaged);
        on(VendorStockReturned.class, this::forVendor);
        on(OrderReturned.class, this::reported);
    }

    private void accepted(ReturnAccepted event) {
        for (var disposition : Disposition.values()) {
            var step = booking(disposition);
            var goods = Sums.byGoods(event.getLines().stream()
                    .filter(line -> line.getDisposition() == disposition)
                    .toList());
            if (step != null && !goods.isEmpty()) {
                steps.expect(step, event.getReturnId() + ' ' + event.getLocationId(), goods);
            }
        }
        steps.expect(
                REPORT_RETURN,
                event.getReturnId() + ' ' + event.getRefund().getAmount(),
                Sums.byLine(event.getLines()));
    }

    private static @Nullable Step booking(Disposition disposition) {
        return switch (disposition) {
            case RESTOCK -> RESTOCK;
            case DAMAGED -> BOOK_DAMAGED;
            case RETURN_TO_VENDOR -> KEEP_FOR_VENDOR;
            case UNKNOWN -> null;
        };
    }

    private void restocked(StockRestocked event) {
        var goods = Sums.moved(event.getChanges(), event.getAlreadyCounted());
        var step = steps.take(RESTOCK, event.getReturnId() + ' ' + event.getLocationId(), goods);
        if (step != null) {
            movedWhenItHappened(step.since().meta().getOccurredAt(), event.getMovedAt());
        }
    }

    private void damaged(DamagedStockReturned event) {
        var goods = Sums.changes(event.getChanges(), Quantities::getDamaged);
        steps.take(BOOK_DAMAGED, event.getReturnId() + ' ' + event.getLocationId(), goods);
    }

    private void forVendor(VendorStockReturned event) {
        var goods = Sums.changes(event.getChanges(), Quantities::getToVendor);
        steps.take(KEEP_FOR_VENDOR, event.getReturnId() + ' ' + event.getLocationId(), goods);
    }

    private void reported(OrderReturned event) {
        steps.take(
                REPORT_RETURN,
                event.getReturnId() + ' ' + event.getRefund().getAmount(),
                Sums.byLine(event.getLines()));
    }
}
