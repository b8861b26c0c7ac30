package dev.mortar.returns;

import static dev.mortar.returns.Goods.HANDED_OVER_AT;
import static dev.mortar.returns.Goods.ORDER;
import static dev.mortar.returns.Goods.line;
import static dev.mortar.returns.Goods.pounds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.mortar.returns.ReturnsCommand.*;
import dev.mortar.returns.ReturnsProcess.Incoming.*;
import dev.mortar.values.Channel;
import dev.mortar.values.Disposition;
import dev.mortar.values.LineQuantity;
import dev.mortar.values.OrderLine;
import dev.mortar.values.ParcelReturnLine;
import dev.mortar.values.ReturnCondition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReturnsProcessTest {

    private final ReturnsProcess process = new ReturnsProcess(Duration.ofDays(30));

    /** A sale that an offline till uploaded a week later. */
    private static FulfilmentHandedOver handedOver(OrderLine... lines) {
        Instant soldAt = HANDED_OVER_AT.minus(Duration.ofDays(7));
        return new FulfilmentHandedOver(
                ORDER, "order-1-1", null, Channel.POS, "store-1", soldAt, HANDED_OVER_AT, List.of(lines), "payment-1");
    }

    @Test
    void recordsAHandoverAsAPurchase() {
        OrderLine mugs = line("mugs", 3, 350, 50, 160, false);
        assertThat(process.react(handedOver(mugs)))
                .containsExactly(new RecordPurchase(new Purchase(
                        ORDER,
                        "order-1-1",
                        null,
                        Channel.POS,
                        "store-1",
                        HANDED_OVER_AT.minus(Duration.ofDays(7)),
                        HANDED_OVER_AT.plus(Duration.ofDays(30)),
                        List.of(new PurchasedLine(mugs, pounds(1160))),
                        "payment-1")));
    }

    @Test
    void theWindowBeginsAgainAtADelivery() {
        assertThat(process.react(new FulfilmentDelivered(ORDER, "order-1-1", HANDED_OVER_AT)))
                .containsExactly(new MoveReturnWindow(ORDER, "order-1-1", HANDED_OVER_AT.plus(Duration.ofDays(30))));
    }

    @Test
    void anUndeliveredParcelIsAReturn() {
        LineToReturn back =
                new LineToReturn("mugs", 2, ReturnReason.UNDELIVERABLE, ReturnCondition.OPENED, Disposition.DAMAGED);
        assertThat(process.react(undelivered("p1")))
                .containsExactly(new TakeBackParcel(ORDER, "order-1-1", "order-1-1-p1", "store-2", List.of(back)));
        assertThat(process.react(undelivered("order-1-1-p1")))
                .containsExactly(new TakeBackParcel(ORDER, "order-1-1", "order-1-1-p1", "store-2", List.of(back)));
    }

    private static FulfilmentUndelivered undelivered(String parcelId) {
        return new FulfilmentUndelivered(
                ORDER,
                "order-1-1",
                parcelId,
                "store-2",
                List.of(new ParcelReturnLine("mugs", "SKU mugs", 2, ReturnCondition.OPENED, Disposition.DAMAGED)));
    }

    @Test
    void aLostParcelIsALoss() {
        List<LineQuantity> lost = List.of(new LineQuantity("mugs", "SKU mugs", 2));
        assertThat(process.react(new FulfilmentLost(ORDER, "order-1-1", "p1", lost)))
                .containsExactly(new RecordLoss(ORDER, "order-1-1", "p1", lost));
    }

    @Test
    void reactsTheSameWayEveryTime() {
        assertThat(process.react(handedOver(line("lamp", 1, 2500))))
                .isEqualTo(process.react(handedOver(line("lamp", 1, 2500))));
    }

    @Test
    void failsOnAmountsAboveTheRangeOfLong() {
        assertThatExceptionOfType(ArithmeticException.class)
                .isThrownBy(() -> process.react(handedOver(line("lamp", Long.MAX_VALUE, 2))));
    }

    @Test
    void aNegativeReturnWindowIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new ReturnsProcess(Duration.ofDays(-1)));
    }
}
