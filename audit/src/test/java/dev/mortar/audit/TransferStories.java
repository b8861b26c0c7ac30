package dev.mortar.audit;

import static dev.mortar.audit.Stories.OSLO;
import static dev.mortar.audit.Stories.RIGA;
import static dev.mortar.audit.SyntheticLog.units;

import dev.mortar.audit.SyntheticLog.Facts;
import dev.mortar.schemas.SkuQuantity;
import dev.mortar.schemas.inventory.*;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A log that keeps all promises: stories of goods between Oslo and Riga. Their SKU is T. */
final class TransferStories {
    private static final List<SkuQuantity> NONE = List.of();

    private TransferStories() {}

    static void happenOn(Stories day) {
        day.receive(OSLO, "T", 50);
        oneIsMissing(day);
        moreThanSent(day);
        comesBack(day);
        comesBackAfterItsEnd(day);
    }

    /** Five are sent. Two arrive well and one damaged, then one more, and one never. */
    private static void oneIsMissing(Stories day) {
        send(day, "transfer-s", 5);
        received(day, "transfer-s", day.now, List.of(units("T", 2)), List.of(units("T", 1)), List.of(units("T", 3)));
        received(day, "transfer-s", day.now, List.of(units("T", 1)), NONE, List.of(units("T", 1)));
        closed(day, null, "transfer-s", TransferEndReason.SHORT, List.of(units("T", 1)));
    }

    /** Three arrive before Riga knows that two were sent. */
    private static void moreThanSent(Stories day) {
        var sent = List.of(units("T", 2));
        var out = sent(day, "transfer-o", sent, day.now, NONE, day.changed("T", -2, 0));
        received(day, "transfer-o", day.now, List.of(units("T", 3)), NONE, NONE);
        var over = List.of(units("T", 1));
        day.write(
                out,
                expecting(out, sent, NONE, day),
                new TransferClosed(
                        null, RIGA, "transfer-o", OSLO, TransferEndReason.OVER, NONE, over, NONE, List.of()));
    }

    /** Three are sent. One arrives, and the courier brings two back. */
    private static void comesBack(Stories day) {
        send(day, "transfer-r", 3);
        received(day, "transfer-r", day.now, List.of(units("T", 1)), NONE, List.of(units("T", 1)));
        var back = back(day, "transfer-r", "receipt-back");
        var returned = List.of(units("T", 2));
        day.write(
                back,
                new TransferClosed(
                        null,
                        RIGA,
                        "transfer-r",
                        OSLO,
                        TransferEndReason.RETURNED,
                        NONE,
                        NONE,
                        returned,
                        changes(day, NONE, NONE, returned, -1)));
    }

    /** Riga has given two units up before the courier brings them back. */
    private static void comesBackAfterItsEnd(Stories day) {
        send(day, "transfer-l", 2);
        closed(day, null, "transfer-l", TransferEndReason.SHORT, List.of(units("T", 2)));
        back(day, "transfer-l", "receipt-late");
    }

    /** Two units are back in Oslo, one of them damaged. */
    private static LoggedEvent back(Stories day, String id, String receipt) {
        var one = List.of(units("T", 1));
        var changes = List.of(day.change(OSLO, "T", 1, 0, 0, 0, 1));
        return day.write(
                null,
                new StockTransferredIn(null, OSLO, id, OSLO, day.now, NONE, changes, receipt, one, one, RIGA, true));
    }

    /** A log of its own: goods are sent, and nobody reports their arrival. */
    static Stories forgotten() {
        var day = new Stories();
        day.register(OSLO);
        day.register(RIGA);
        day.receive(OSLO, "T", 10);
        send(day, "transfer-f", 3);
        day.now = day.now.plus(Duration.ofDays(33));
        closed(day, null, "transfer-f", TransferEndReason.NO_NEWS, List.of(units("T", 3)));
        return day;
    }

    private static void send(Stories day, String id, long quantity) {
        var sent = List.of(units("T", quantity));
        expected(day, sent(day, id, sent, day.now, NONE, day.changed("T", -quantity, 0)), sent);
    }

    static LoggedEvent sent(
            Stories day,
            String id,
            List<SkuQuantity> sent,
            Instant movedAt,
            List<SkuQuantity> alreadyCounted,
            List<StockChange> changes) {
        var expectedBy = day.now.plus(Duration.ofDays(2));
        return day.write(
                null,
                new StockTransferredOut(null, OSLO, id, RIGA, sent, movedAt, alreadyCounted, changes, expectedBy));
    }

    static void expected(Stories day, LoggedEvent out, List<SkuQuantity> sent) {
        day.write(out, expecting(out, sent, sent, day));
    }

    private static TransferExpected expecting(
            LoggedEvent out, List<SkuQuantity> sent, List<SkuQuantity> inTransit, Stories day) {
        var event = (StockTransferredOut) out.event();
        var id = event.getTransferId();
        var changes = changes(day, NONE, NONE, inTransit, 1);
        return new TransferExpected(null, RIGA, id, OSLO, sent, event.getExpectedBy(), changes);
    }

    static void received(
            Stories day,
            String id,
            Instant movedAt,
            List<SkuQuantity> accepted,
            List<SkuQuantity> damaged,
            List<SkuQuantity> inTransit) {
        var changes = changes(day, accepted, damaged, inTransit, -1);
        day.write(null, arriving(day, id, movedAt, accepted, damaged, changes).event(StockTransferredIn.class));
    }

    private static Facts arriving(
            Stories day,
            String id,
            Instant movedAt,
            List<SkuQuantity> accepted,
            List<SkuQuantity> damaged,
            List<StockChange> changes) {
        return Stories.at(RIGA)
                .with("transferId", id)
                .with("fromLocationId", OSLO)
                .with("movedAt", movedAt)
                .with("receiptId", "receipt-" + day.events().size())
                .with("accepted", accepted)
                .with("damaged", damaged)
                .with("changes", changes);
    }

    static void closed(
            Stories day, @Nullable LoggedEvent cause, String id, TransferEndReason reason, List<SkuQuantity> missing) {
        var changes = changes(day, NONE, NONE, missing, -1);
        day.write(cause, new TransferClosed(null, RIGA, id, OSLO, reason, missing, NONE, NONE, changes));
    }

    /** The changes in Riga. */
    private static List<StockChange> changes(
            Stories day,
            List<SkuQuantity> accepted,
            List<SkuQuantity> damaged,
            List<SkuQuantity> inTransit,
            int direction) {
        Map<String, Long> good = Sums.byGoods(accepted);
        Map<String, Long> bad = Sums.byGoods(damaged);
        Map<String, Long> transit = Sums.byGoods(inTransit);
        var all = new HashSet<>(good.keySet());
        all.addAll(bad.keySet());
        all.addAll(transit.keySet());
        return all.stream()
                .map(goods -> {
                    long accept = good.getOrDefault(goods, 0L);
                    long damage = bad.getOrDefault(goods, 0L);
                    long travel = direction * transit.getOrDefault(goods, 0L);
                    var by = new Quantities(accept, 0L, 0L, 0L, damage, 0L, travel);
                    return day.change(RIGA, Sums.sku(goods), Sums.unit(goods), by);
                })
                .toList();
    }
}
