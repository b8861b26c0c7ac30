package dev.mortar.returns;

import static dev.mortar.eventsourcing.Grant.*;
import static dev.mortar.returns.Goods.GOODWILL;
import static dev.mortar.returns.Goods.ORDER;
import static dev.mortar.returns.Goods.UNTIL;
import static dev.mortar.returns.Goods.accept;
import static dev.mortar.returns.Goods.back;
import static dev.mortar.returns.Goods.line;
import static dev.mortar.returns.Goods.pounds;
import static dev.mortar.returns.Goods.purchase;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.Recorded;
import dev.mortar.eventsourcing.kafka.DeciderTestDriver;
import dev.mortar.eventsourcing.kafka.ServiceDefinition;
import dev.mortar.eventsourcing.kafka.ViewTestDriver;
import dev.mortar.eventsourcing.testkit.Approved;
import dev.mortar.returns.ReturnsCommand.AcceptReturn;
import dev.mortar.returns.ReturnsCommand.RecordPurchase;
import dev.mortar.returns.ReturnsEvent.*;
import dev.mortar.returns.ReturnsRejection.MoreThanRemains;
import dev.mortar.returns.ReturnsRejection.NothingHasLeft;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class ReturnsDefinitionTest {

    private static final RecordPurchase BOUGHT = purchase("order-1-1", line("mugs", 3, 333), line("lamp", 1, 2500));

    private final ServiceDefinition<ReturnsCommand, Returns, Returns, ReturnsEvent> definition =
            ReturnsDefinition.definition(Duration.ofDays(30));

    @AutoClose
    private final DeciderTestDriver<ReturnsCommand, Returns, Returns, ReturnsEvent> decider =
            new DeciderTestDriver<>(definition);

    private final ViewTestDriver<ReturnsEvent> views = new ViewTestDriver<>(definition);

    @Test
    void isAsApproved() {
        Approved.matches("definition.txt", definition.describe());
    }

    @Test
    void aReturnAndItsRefundAreOneDecisionInTheLog() {
        decider.whenReacting(BOUGHT);
        List<Recorded<ReturnsEvent>> recorded =
                decider.when(accept("r-1", back("lamp", 1))).recorded();
        assertThat(recorded)
                .extracting(Recorded::type)
                .containsExactly(
                        "dev.mortar.schemas.returns.ReturnAccepted", "dev.mortar.schemas.returns.RefundRequested");
        assertThat(recorded).extracting(Recorded::sequence).containsExactly(2L, 3L);
        assertThat(recorded).extracting(Recorded::aggregateId).containsOnly(ORDER);
        assertThat(recorded)
                .extracting(Recorded::commandId)
                .containsOnly(recorded.getFirst().commandId());
    }

    @Test
    void theReplyIsTheAcceptedReturn() {
        decider.whenReacting(BOUGHT);
        Return reply = decider.at(UNTIL.plusSeconds(1))
                .when(accept("r-1", GOODWILL, back("mugs", 2)))
                .reply(Return.class);
        assertThat(reply.returnId()).isEqualTo("r-1");
        assertThat(reply.acceptedAt()).isEqualTo(UNTIL.plusSeconds(1));
        assertThat(reply.refund()).isEqualTo(pounds(666));
        assertThat(reply.override()).isEqualTo(GOODWILL);
    }

    @Test
    void aShopperReturnsOnlyWhatWasHisOrHers() {
        Actor own = new Actor(Actor.Type.SHOPPER, "customer-1", null, "online-shop");
        Actor foreign = new Actor(Actor.Type.SHOPPER, "customer-2", null, "online-shop");
        AcceptReturn lamp = accept("r-1", back("lamp", 1));
        decider.whenReacting(BOUGHT);

        decider.whenCalledBy(foreign, Set.of(SERVICE_FOR), lamp).thenRejected(new NothingHasLeft(ORDER));
        assertThat(decider.whenCalledBy(own, Set.of(SERVICE_FOR), lamp).events())
                .hasSize(2);
    }

    @Test
    void anyStoreAcceptsAReturn() {
        Actor elsewhere = new Actor(Actor.Type.ASSOCIATE, "a-1", "store-9");
        decider.whenReacting(BOUGHT);

        assertThat(decider.whenCalledBy(elsewhere, Set.of(ASSOCIATE_ANY), accept("r-1", back("lamp", 1)))
                        .events())
                .hasSize(2);
    }

    @Test
    void aRepeatedRequestGetsTheSameReplyAndNoNewEvent() {
        AcceptReturn lamp = accept("r-1", back("lamp", 1));
        UUID commandId = UUID.randomUUID();
        decider.whenReacting(BOUGHT);
        decider.when(lamp, commandId);
        var again = decider.when(lamp, commandId);
        again.thenRepeated();
        assertThat(again.reply(Return.class).returnId()).isEqualTo("r-1");
    }

    @Test
    void theSameReturnIsTheReplyEvenAfterTheRequestIsForgotten() {
        AcceptReturn lamp = accept("r-1", back("lamp", 1));
        decider.whenReacting(BOUGHT);
        decider.when(lamp);
        var again = decider.at(UNTIL.plus(Duration.ofDays(1))).when(lamp);
        again.then();
        assertThat(again.reply(Return.class).refund()).isEqualTo(pounds(2500));
    }

    @Test
    void aPurchaseReportedAgainIsNotRecordedAgain() {
        decider.whenReacting(BOUGHT, 7);
        decider.whenReacting(BOUGHT, 7).thenRepeated();
        decider.whenReacting(BOUGHT, 8).then();
    }

    @Test
    void aPurchaseThatContradictsAnEarlierOneIsADeadLetter() {
        decider.whenReacting(BOUGHT);
        decider.whenReacting(purchase("order-1-2", line("tray", 1, 2500), line("tray", 1, 2500)))
                .thenDeadLetter("PurchaseContradicts");
    }

    @Test
    void rejectionsAreTheReply() {
        decider.when(accept("r-1", back("lamp", 1))).thenRejected(new NothingHasLeft(ORDER));
        decider.whenReacting(BOUGHT);
        decider.when(accept("r-1", back("lamp", 2)))
                .thenRejected(new MoreThanRemains(List.of(new MoreThanRemains.Excess("lamp", 2, 1, 1))));
    }

    @Test
    void theViewShowsTheStateOfTheDecider() {
        List<ReturnsEvent> history = decider.whenReacting(BOUGHT).events();
        List<ReturnsEvent> returned =
                decider.when(accept("r-1", back("mugs", 1), back("lamp", 1))).events();
        views.given(ORDER, history.toArray(ReturnsEvent[]::new)).given(ORDER, returned.toArray(ReturnsEvent[]::new));

        Returns expected = new ReturnsDecider().initialState();
        for (ReturnsEvent event : history) {
            expected = Returns.evolve(expected, event);
        }
        for (ReturnsEvent event : returned) {
            expected = Returns.evolve(expected, event);
        }
        assertThat(history).singleElement().isInstanceOf(PurchaseRecorded.class);
        assertThat(returned).hasExactlyElementsOfTypes(ReturnAccepted.class, RefundRequested.class);
        assertThat(views.row(ReturnsDefinition.ORDERS, ORDER, "")).get().isEqualTo(expected);
    }
}
