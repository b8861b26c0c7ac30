package dev.mortar.eventsourcing.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.mortar.eventsourcing.Recorded;
import dev.mortar.eventsourcing.kafka.GiftCard.Card;
import dev.mortar.eventsourcing.kafka.GiftCard.Event;
import org.junit.jupiter.api.Test;

/** How events become the rows of views. */
class ViewFoldTest {
    private final ViewTestDriver<Event> driver = new ViewTestDriver<>(GiftCard.definition());

    @Test
    void foldsEventsIntoTheRowOfTheirAggregate() {
        driver.given("a", new Event.Charged("a", 5), new Event.Charged("a", 2)).given("b", new Event.Expired("b"));

        assertThat(driver.row(GiftCard.CARDS, "a", "")).contains(new Card(7, false, true));
        assertThat(driver.row(GiftCard.CARDS, "b", "")).contains(new Card(0, true, true));
        assertThat(driver.row(GiftCard.CARDS, "c", "")).isEmpty();
    }

    @Test
    void rowsLieUnderWhatIsAsked() {
        driver.given("a", new Event.Charged("a", 5)).given("b", new Event.Charged("b", 5));
        driver.given("c", new Event.Charged("c", 6));

        assertThat(driver.rows(GiftCard.BY_AMOUNT, "amount-5")).containsExactly("0 a", "1 b");
        assertThat(driver.rows(GiftCard.BY_AMOUNT, "amount-6")).containsExactly("2 c");
    }

    @Test
    void anIndexFollowsItsEntries() {
        driver.given("a", new Event.Charged("a", 5)).given("b", new Event.Charged("b", 5));
        assertThat(driver.rows(GiftCard.WORTH, "worth-5")).hasSize(2);

        driver.given("a", new Event.Charged("a", 1)).given("b", new Event.Expired("b"));
        assertThat(driver.rows(GiftCard.WORTH, "worth-5")).isEmpty();
        assertThat(driver.row(GiftCard.WORTH, "worth-6", "a")).contains(new Card(6, false, true));
        assertThat(driver.row(GiftCard.WORTH, "worth-6", "b")).isEmpty();
    }

    @Test
    void eventsAreReadWhereTheyLie() {
        driver.given("a", new Event.Charged("a", 5)).given("b", new Event.Charged("b", 1));
        driver.given("a", new Event.Charged("a", 2), new Event.Expired("a"));

        assertThat(driver.rows(GiftCard.CHARGES, "a"))
                .extracting(Recorded::event, Recorded::offset)
                .containsExactly(tuple(new Event.Charged("a", 5), 0L), tuple(new Event.Charged("a", 2), 2L));
    }
}
