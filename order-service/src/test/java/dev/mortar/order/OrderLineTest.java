package dev.mortar.order;

import static dev.mortar.order.Orders.line;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.values.OrderLine;
import dev.mortar.values.Unit;
import java.util.List;
import org.junit.jupiter.api.Test;

class OrderLineTest {

    @Test
    void aTotalIsPriceLessDiscountPlusTaxUnlessIncluded() {
        assertThat(line("a", 3, 100, 10, 5).total()).isEqualTo(Orders.euros(295));
        OrderLine taxIncluded = new OrderLine(
                "a",
                "sku",
                null,
                3,
                Unit.EACH,
                Orders.euros(100),
                Orders.euros(10),
                Orders.euros(5),
                true,
                List.of(),
                List.of(),
                null);
        assertThat(taxIncluded.total()).isEqualTo(Orders.euros(290));
    }

    @Test
    void anyTwoPartsAddUpToTheLine() {
        for (long discount = 0; discount <= 21; discount++) {
            OrderLine line = line("a", 7, 3, discount, discount * 5);
            for (long first = 1; first < 7; first++) {
                OrderLine one = line.part(0, first);
                OrderLine other = line.part(first, 7 - first);
                assertThat(one.total().plus(other.total())).isEqualTo(line.total());
                assertThat(one.total().amount()).isNotNegative();
                assertThat(other.total().amount()).isNotNegative();
            }
        }
    }

    @Test
    void theDiscountOfThreeUnitsIsSharedToTheCent() {
        OrderLine line = line("a", 3, 1_000, 100, 0);
        assertThat(line.part(0, 1).total()).isEqualTo(Orders.euros(967));
        assertThat(line.part(1, 1).total()).isEqualTo(Orders.euros(966));
        assertThat(line.part(2, 1).total()).isEqualTo(Orders.euros(967));
    }

    @Test
    void sharesAreRoundedHalfUp() {
        OrderLine line = line("a", 3, 100, 10, 0);
        assertThat(line.part(0, 1).discount()).isEqualTo(Orders.euros(3));
        assertThat(line.part(1, 1).discount()).isEqualTo(Orders.euros(4));
        assertThat(line.part(2, 1).discount()).isEqualTo(Orders.euros(3));
        assertThat(line.part(0, 2).discount()).isEqualTo(Orders.euros(7));
    }

    @Test
    void sharesOfTheLargestLineDoNotOverflow() {
        OrderLine line = line("a", 1_000_000_000, 1_000, OrderRules.MAX_MINOR_UNITS, 0);
        assertThat(line.part(0, 999_999_999).total()).isEqualTo(Orders.euros(0));
        assertThat(line.part(999_999_999, 1).discount()).isEqualTo(Orders.euros(1_000));
    }

    @Test
    void onlyTheWholeLineKeepsItsSerialNumbers() {
        OrderLine line = new OrderLine(
                "a",
                "sku",
                null,
                2,
                Unit.EACH,
                Orders.euros(100),
                Orders.euros(0),
                Orders.euros(0),
                true,
                List.of("s1", "s2"),
                List.of("lot"),
                null);
        assertThat(line.part(0, 2)).isEqualTo(line);
        assertThat(line.part(0, 1).serials()).isEmpty();
        assertThat(line.part(0, 1).lots()).isEmpty();
    }
}
