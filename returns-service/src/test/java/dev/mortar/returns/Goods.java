package dev.mortar.returns;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.testkit.DeciderScenario;
import dev.mortar.returns.ReturnsCommand.*;
import dev.mortar.values.Channel;
import dev.mortar.values.Disposition;
import dev.mortar.values.Money;
import dev.mortar.values.OrderLine;
import dev.mortar.values.ReturnCondition;
import dev.mortar.values.Unit;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Goods for the tests: {@code store-1} hands them over at noon, and they are returnable for 30 days. */
final class Goods {

    static final String ORDER = "order-1";
    static final Instant HANDED_OVER_AT = DeciderScenario.NOON;
    static final Instant UNTIL = HANDED_OVER_AT.plus(Duration.ofDays(30));
    static final Actor MANAGER = new Actor(Actor.Type.ASSOCIATE, "a-17", "store-2");
    static final WindowOverride GOODWILL = new WindowOverride(MANAGER, "GOODWILL");

    private Goods() {}

    static Money pounds(long pence) {
        return new Money(pence, "GBP");
    }

    /** A line without discount and with tax included, so the price paid is unit price times quantity. */
    static OrderLine line(String lineId, long quantity, long unitPrice) {
        return line(lineId, quantity, unitPrice, 0, 0, true);
    }

    static OrderLine line(String lineId, long quantity, long unitPrice, long discount, long tax, boolean taxIncluded) {
        return new OrderLine(
                lineId,
                "SKU " + lineId,
                "Article " + lineId,
                quantity,
                Unit.EACH,
                pounds(unitPrice),
                pounds(discount),
                pounds(tax),
                taxIncluded,
                List.of(),
                List.of(),
                null);
    }

    static RecordPurchase purchase(String fulfilmentId, OrderLine... lines) {
        return purchase(fulfilmentId, UNTIL, lines);
    }

    static RecordPurchase purchase(String fulfilmentId, Instant returnableUntil, OrderLine... lines) {
        return new RecordPurchase(new Purchase(
                ORDER,
                fulfilmentId,
                "customer-1",
                Channel.ONLINE,
                "store-1",
                HANDED_OVER_AT,
                returnableUntil,
                List.of(lines).stream()
                        .map(line -> new PurchasedLine(line, line.total()))
                        .toList(),
                "payment-1"));
    }

    static LineToReturn back(String lineId, long quantity) {
        return back(lineId, quantity, Disposition.RESTOCK);
    }

    static LineToReturn back(String lineId, long quantity, Disposition disposition) {
        return new LineToReturn(lineId, quantity, ReturnReason.CHANGED_MIND, ReturnCondition.UNOPENED, disposition);
    }

    static AcceptReturn accept(String returnId, LineToReturn... lines) {
        return accept(returnId, null, lines);
    }

    static AcceptReturn accept(String returnId, @Nullable WindowOverride override, LineToReturn... lines) {
        return new AcceptReturn(ORDER, returnId, "store-2", List.of(lines), override);
    }

    /** The returned line for these units and this refund. */
    static ReturnedLine returned(LineToReturn line, long refund) {
        return returned(line, refund, "order-1-1");
    }

    static ReturnedLine returned(LineToReturn line, long refund, String fulfilmentId) {
        return new ReturnedLine(
                line.lineId(),
                "SKU " + line.lineId(),
                "Article " + line.lineId(),
                line.quantity(),
                Unit.EACH,
                line.reason(),
                line.condition(),
                line.disposition(),
                pounds(refund),
                fulfilmentId);
    }
}
