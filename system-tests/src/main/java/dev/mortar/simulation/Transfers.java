package dev.mortar.simulation;

import static dev.mortar.simulation.Drafts.LOCATIONS;
import static dev.mortar.simulation.Drafts.pick;
import static dev.mortar.simulation.Drafts.units;

import dev.mortar.schemas.SkuQuantity;
import dev.mortar.schemas.inventory.StockTransferredIn;
import dev.mortar.schemas.inventory.StockTransferredOut;
import dev.mortar.schemas.inventory.TransferClosed;
import dev.mortar.simulation.Clients.Request;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** The requests about goods that travel between locations, by the transfers that the log shows so far. */
final class Transfers {
    private static final int FORGOTTEN_ONE_IN = 4;
    private static final int LAST_ONES = 4;
    /** A receipt that is refused is not sent for ever. */
    private static final int DUTIES_MAX = 3;

    /** A transfer as the log shows it. */
    private static final class Transfer {
        private final StockTransferredOut sent;
        /** Units that have not arrived, by SKU; at least 0. */
        private final Map<String, Long> rest = new LinkedHashMap<>();

        private boolean closed;
        private int duties;

        private @Nullable Request newest;

        Transfer(StockTransferredOut sent, List<SkuQuantity> lines) {
            this.sent = sent;
            lines.forEach(line -> rest.merge(line.getSku(), line.getQuantity(), Long::sum));
        }

        /** Whether nobody reports its goods in the end. */
        boolean isForgotten() {
            return Math.floorMod(sent.getTransferId().hashCode(), FORGOTTEN_ONE_IN) == 0;
        }
    }

    private final Drafts drafts;
    private final Map<String, Transfer> transfers = new LinkedHashMap<>();
    private @Nullable Transfer justSent;

    Transfers(Drafts drafts) {
        this.drafts = drafts;
    }

    /** Learns from a committed event. */
    void see(SpecificRecord event) {
        switch (event) {
            case StockTransferredOut e
            when e.getExpectedBy() != null -> {
                justSent = new Transfer(e, lines(e));
                transfers.put(key(e.getLocationId(), e.getTransferId()), justSent);
            }
            case StockTransferredIn e -> {
                Transfer transfer = transfers.get(key(e.getFromLocationId(), e.getTransferId()));
                if (transfer != null) {
                    e.getAccepted().forEach(line -> arrived(transfer, line));
                    e.getDamaged().forEach(line -> arrived(transfer, line));
                }
            }
            case TransferClosed e -> {
                Transfer transfer = transfers.get(key(e.getFromLocationId(), e.getTransferId()));
                if (transfer != null) {
                    transfer.closed = true;
                }
            }
            default -> {
                // No goods travel.
            }
        }
    }

    private static String key(String from, String transferId) {
        return from + "|" + transferId;
    }

    /** The units that left. */
    private static List<SkuQuantity> lines(StockTransferredOut sent) {
        List<SkuQuantity> lines = new ArrayList<>(sent.getAlreadyCounted());
        sent.getChanges().forEach(change -> {
            if (change.getChange().getOnHand() < 0) {
                lines.add(new SkuQuantity(change.getSku(), -change.getChange().getOnHand(), change.getUnit()));
            }
        });
        return lines;
    }

    private static void arrived(Transfer transfer, SkuQuantity line) {
        transfer.rest.computeIfPresent(line.getSku(), (_, rest) -> Math.max(0, rest - line.getQuantity()));
    }

    Request send(Request transfer, RandomGenerator random) {
        return transfer.with("toLocationId", pick(LOCATIONS, random), "movedAt", drafts.movedAt(random))
                .with("lines", units(random, 1, 4))
                .with("expectedBy", random.nextBoolean() ? null : drafts.now().plusSeconds(random.nextInt(90_000)));
    }

    /** Goods arrive, perhaps before their location knows that they were sent; null if nothing has just left. */
    @Nullable
    Request receiveEarly(RandomGenerator random) {
        Transfer early = justSent;
        justSent = null;
        return early == null || random.nextBoolean() ? null : receive(early, random);
    }

    /** An associate reports goods that arrived; null if nothing was sent. */
    @Nullable
    Request receive(RandomGenerator random) {
        if (transfers.isEmpty()) {
            return null;
        }
        List<Transfer> newest = List.copyOf(transfers.values());
        return receive(pick(newest.subList(Math.max(0, newest.size() - LAST_ONES), newest.size()), random), random);
    }

    private Request receive(Transfer transfer, RandomGenerator random) {
        Request before = transfer.newest;
        int die = random.nextInt(16);
        Request request = switch (die) {
            case 0, 1, 2, 3 -> receipt("all of", transfer, 0, 0, true);
            case 4, 5 -> receipt("all of", transfer, 0, 0, false);
            case 6, 7 -> receipt("a part of", transfer, -1, 0, false);
            case 8, 9 -> receipt("too little of", transfer, -1, 0, true);
            case 10, 11 -> receipt("too much of", transfer, 1, 0, true);
            case 12 -> receipt("broken goods of", transfer, -1, 1, true);
            case 13 -> receiptAt(transfer.sent.getLocationId(), "the return of", transfer, 0, 0, true);
            case 14 -> receiptAt(pick(LOCATIONS, random), "the goods, wherever they belong, of", transfer, 0, 0, true);
            default ->
                before == null
                        ? receipt("the end of", transfer, 0, 0, true)
                        : receipt("a receipt again of", transfer, random.nextInt(2), 0, true)
                                .with("receiptId", before.text("receiptId"));
        };
        transfer.newest = request;
        return request;
    }

    /** A receipt of each transfer that somebody has to report, the last one in the end. */
    List<Request> duties(RandomGenerator random) {
        return transfers.values().stream()
                .filter(transfer -> !transfer.closed && !transfer.isForgotten() && transfer.duties++ < DUTIES_MAX)
                .map(transfer -> transfer.duties < DUTIES_MAX
                        ? receive(transfer, random)
                        : receipt("the rest of", transfer, 0, 0, true))
                .toList();
    }

    private Request receipt(String which, Transfer transfer, int more, int damaged, boolean last) {
        return receiptAt(transfer.sent.getToLocationId(), which, transfer, more, damaged, last);
    }

    /** A receipt of all that has not arrived, with more units or fewer. */
    private Request receiptAt(String location, String which, Transfer transfer, int more, int damaged, boolean last) {
        List<Map<String, ?>> fit = new ArrayList<>();
        List<Map<String, ?>> unfit = new ArrayList<>();
        transfer.rest.forEach((sku, rest) -> {
            add(fit, sku, rest + more);
            add(unfit, sku, damaged);
        });
        String id = transfer.sent.getTransferId();
        Request request = drafts.request(
                "associate in " + location + " receives " + which + " " + id,
                "inventory",
                "BookTransferReceipt",
                Party.associate(location));
        return request.with("locationId", location, "transferId", id)
                .with("fromLocationId", transfer.sent.getLocationId())
                .with("receiptId", request.head.derivedId("receipt"), "last", last)
                .with("accepted", fit, "damaged", unfit);
    }

    private static void add(List<Map<String, ?>> lines, String sku, long quantity) {
        if (quantity > 0) {
            lines.add(Map.of("sku", sku, "quantity", quantity, "unit", "EACH"));
        }
    }
}
