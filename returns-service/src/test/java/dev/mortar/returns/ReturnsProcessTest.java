package dev.mortar.returns;

import static dev.mortar.returns.Goods.HANDED_OVER_AT;
import static dev.mortar.returns.Goods.ORDER;
import static dev.mortar.returns.Goods.line;
import static dev.mortar.returns.Goods.pounds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.mortar.returns.ReturnsCommand.RecordPurchase;
import dev.mortar.returns.ReturnsProcess.Incoming.FulfilmentHandedOver;
import dev.mortar.values.Channel;
import dev.mortar.values.OrderLine;
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
