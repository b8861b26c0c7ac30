package dev.mortar.simulation;

import dev.mortar.schemas.inventory.StockHoldChanged;
import dev.mortar.schemas.inventory.StockTransferredIn;
import dev.mortar.schemas.inventory.StockTransferredOut;
import dev.mortar.schemas.inventory.TransferClosed;
import dev.mortar.schemas.inventory.TransferExpected;
import dev.mortar.schemas.order.FulfilmentDelivered;
import dev.mortar.schemas.order.FulfilmentLost;
import dev.mortar.schemas.order.FulfilmentUndelivered;
import dev.mortar.schemas.pickup.DeliveryAttemptFailed;
import dev.mortar.schemas.pickup.ParcelDelivered;
import dev.mortar.schemas.pickup.ParcelFound;
import dev.mortar.schemas.pickup.ParcelLost;
import dev.mortar.schemas.pickup.ParcelPacked;
import dev.mortar.schemas.pickup.ParcelReturned;
import dev.mortar.schemas.pickup.PickupHandedOver;
import dev.mortar.schemas.pickup.PickupOverdue;
import dev.mortar.schemas.pickup.PickupRequested;
import dev.mortar.schemas.returns.PurchaseLost;
import dev.mortar.schemas.returns.ReturnAccepted;
import dev.mortar.schemas.returns.ReturnReason;
import dev.mortar.schemas.returns.ReturnWindowMoved;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;

/** Counts the ends of transfers and parcels, and the steps on their way. */
final class Travelled {
    private final Map<String, Integer> counts = new TreeMap<>();
    /** Transfers that their target knows. */
    private final Set<String> expected = new HashSet<>();

    void see(SpecificRecord event) {
        switch (event) {
            case StockTransferredOut e when e.getExpectedBy() != null -> count("transfer sent");
            case TransferExpected e -> {
                count("transfer expected");
                expected.add(e.getFromLocationId() + "|" + e.getTransferId());
            }
            case StockTransferredIn e when e.getReceiptId() != null -> count(receipt(e));
            case TransferClosed e -> count("transfer closed " + e.getReason());
            case StockHoldChanged _ -> count("hold changed");
            case PickupRequested e when e.getDestinationId() != null -> count("delivery to a destination");
            case PickupOverdue e -> count("overdue " + e.getKind());
            case ParcelPacked _ -> count("parcel packed");
            case PickupHandedOver e when e.getParcels().size() > 1 -> count("several parcels shipped");
            case DeliveryAttemptFailed _ -> count("delivery attempt failed");
            case ParcelDelivered _ -> count("parcel delivered");
            case ParcelReturned _ -> count("parcel returned");
            case ParcelLost e -> count("parcel lost " + e.getReason());
            case ParcelFound _ -> count("parcel found");
            case FulfilmentDelivered _ -> count("order heard of a delivery");
            case FulfilmentUndelivered _ -> count("order heard of a parcel that came back");
            case FulfilmentLost _ -> count("order heard of a loss");
            case ReturnWindowMoved _ -> count("return window moved");
            case PurchaseLost _ -> count("purchase lost");
            case ReturnAccepted e
            when e.getLines().getFirst().getReason() == ReturnReason.UNDELIVERABLE -> count("parcel taken back");
            default -> {
                // Nothing travels.
            }
        }
    }

    private String receipt(StockTransferredIn event) {
        if (event.getReturnedFrom() != null) {
            return "receipt at the sender";
        }
        return expected.contains(event.getFromLocationId() + "|" + event.getTransferId())
                ? "receipt"
                : "receipt before the transfer is known";
    }

    private void count(String what) {
        counts.merge(what, 1, Integer::sum);
    }

    Map<String, Integer> counts() {
        return counts;
    }
}
