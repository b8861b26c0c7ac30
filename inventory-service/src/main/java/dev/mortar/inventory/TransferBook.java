package dev.mortar.inventory;

import dev.mortar.eventsourcing.WorkingSet;
import dev.mortar.inventory.InventoryEvent.*;
import dev.mortar.inventory.StockEntry.*;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The transfers to one location, among the entries of its stock. */
record TransferBook(String locationId, WorkingSet<StockEntry> entries) {

    /** The part between location and sender in the keys of transfers. */
    static final String TRANSFERS = "|x|";

    /** A transfer ends without news this long after its goods should have arrived. */
    static final Duration NO_NEWS_AFTER = Duration.ofDays(30);

    /** The transfer if it has not ended and something of it is known, otherwise null. */
    @Nullable
    Transfer open(String fromLocationId, String transferId) {
        return entries.get(key(fromLocationId, transferId)) instanceof Transfer transfer ? transfer : null;
    }

    boolean hasEnded(String fromLocationId, String transferId) {
        return entries.get(key(fromLocationId, transferId)) instanceof EndedTransfer;
    }

    TransferBook expected(TransferExpected event) {
        Transfer ahead = open(event.fromLocationId(), event.transferId());
        return with(new Transfer(
                event.locationId(),
                event.transferId(),
                event.fromLocationId(),
                event.sent(),
                ahead == null ? List.of() : ahead.arrived(),
                event.expectedBy(),
                event.expectedBy().plus(NO_NEWS_AFTER),
                ahead != null && ahead.last()));
    }

    TransferBook arrived(StockTransferredIn event) {
        Transfer before = open(event.fromLocationId(), event.transferId());
        if (before == null) {
            return with(new Transfer(
                    event.locationId(),
                    event.transferId(),
                    event.fromLocationId(),
                    null,
                    event.arrived(),
                    null,
                    event.movedAt().plus(NO_NEWS_AFTER),
                    event.last()));
        }
        return with(new Transfer(
                event.locationId(),
                before.transferId(),
                before.fromLocationId(),
                before.sent(),
                SkuQuantity.summed(Stream.concat(before.arrived().stream(), event.arrived().stream())
                        .toList()),
                before.expectedBy(),
                before.endsAt(),
                before.last() || event.last()));
    }

    TransferBook closed(TransferClosed event) {
        String key = key(event.fromLocationId(), event.transferId());
        return new TransferBook(locationId, entries.with(key, new EndedTransfer(event.transferId())));
    }

    private TransferBook with(Transfer transfer) {
        String key = key(transfer.fromLocationId(), transfer.transferId());
        return new TransferBook(locationId, entries.with(key, transfer));
    }

    /** It names the sender, because each sender numbers its own transfers. */
    private String key(String fromLocationId, String transferId) {
        return locationId + TRANSFERS + fromLocationId + "|" + transferId;
    }
}
