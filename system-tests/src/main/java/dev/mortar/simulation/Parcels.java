package dev.mortar.simulation;

import static dev.mortar.simulation.Drafts.LOCATIONS;
import static dev.mortar.simulation.Drafts.pick;

import dev.mortar.schemas.FulfilmentMethod;
import dev.mortar.schemas.pickup.Parcel;
import dev.mortar.schemas.pickup.ParcelDelivered;
import dev.mortar.schemas.pickup.ParcelLost;
import dev.mortar.schemas.pickup.ParcelPacked;
import dev.mortar.schemas.pickup.ParcelReturned;
import dev.mortar.schemas.pickup.PickupCancelled;
import dev.mortar.schemas.pickup.PickupHandedOver;
import dev.mortar.schemas.pickup.PickupLine;
import dev.mortar.schemas.pickup.PickupReady;
import dev.mortar.simulation.Clients.Request;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongUnaryOperator;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** The requests of stores that pack parcels and of couriers with news of them, by what the log shows so far. */
final class Parcels {
    private static final List<String> PROOFS = List.of("SIGNED", "PHOTO", "SAFE_PLACE", "PIN", "NONE");
    private static final int SILENT_ONE_IN = 3;
    private static final int PACKED_ONE_IN = 2;
    private static final int NEWS_BY_CHANCE = 2;
    private static final int NEWS_MAX = 4;

    private static final String COURIER = "courier-1";

    /**
     * A delivery that is staged and not fetched.
     *
     * @param units all its units, by line
     * @param unpacked those that are in no parcel
     */
    private record Staged(String fulfilmentId, String locationId, Map<String, Long> units, Map<String, Long> unpacked) {

        /** Whether a courier cannot take it yet, or its store likes parcels. */
        boolean isToPack() {
            boolean begun = !unpacked.equals(units);
            return (begun || Math.floorMod(fulfilmentId.hashCode(), PACKED_ONE_IN) == 0)
                    && unpacked.values().stream().anyMatch(left -> left > 0);
        }
    }

    /** A parcel that a courier took. */
    private static final class Shipped {
        private final String fulfilmentId;
        private final String locationId;
        private final Parcel parcel;
        private boolean ended;
        private int news;

        Shipped(String fulfilmentId, String locationId, Parcel parcel) {
            this.fulfilmentId = fulfilmentId;
            this.locationId = locationId;
            this.parcel = parcel;
        }

        /** Whether somebody has news of it: of a silent one only after its end. */
        boolean isToReport() {
            boolean silent = Math.floorMod(fulfilmentId.hashCode(), SILENT_ONE_IN) == 0;
            return silent ? ended && news++ == 0 : news++ < (ended ? NEWS_BY_CHANCE : NEWS_MAX);
        }
    }

    private final Drafts drafts;
    private final Map<String, Staged> staged = new LinkedHashMap<>();
    private final Map<String, Shipped> shipped = new LinkedHashMap<>();

    Parcels(Drafts drafts) {
        this.drafts = drafts;
    }

    /** Learns from a committed event. */
    void see(SpecificRecord event) {
        switch (event) {
            case PickupReady e
            when e.getMethod() == FulfilmentMethod.DELIVERY -> {
                Map<String, Long> units = new LinkedHashMap<>();
                e.getLines().forEach(line -> units.merge(line.getLineId(), line.getQuantity(), Long::sum));
                String id = e.getFulfilmentId();
                staged.put(id, new Staged(id, e.getLocationId(), units, new LinkedHashMap<>(units)));
            }
            case ParcelPacked e -> {
                Staged from = staged.get(e.getFulfilmentId());
                if (from != null) {
                    take(from.unpacked(), e.getLines());
                }
            }
            case PickupCancelled e when e.getWhole() -> staged.remove(e.getFulfilmentId());
            case PickupCancelled e
            when staged.containsKey(e.getFulfilmentId()) -> {
                // Its parcels are void.
                Staged rest = Objects.requireNonNull(staged.get(e.getFulfilmentId()));
                take(rest.units(), e.getLines());
                rest.unpacked().putAll(rest.units());
            }
            case PickupHandedOver e -> {
                staged.remove(e.getFulfilmentId());
                e.getParcels()
                        .forEach(parcel -> shipped.put(
                                key(e.getFulfilmentId(), parcel.getParcelId()),
                                new Shipped(e.getFulfilmentId(), e.getLocationId(), parcel)));
            }
            case ParcelDelivered e -> ended(e.getFulfilmentId(), e.getParcelId());
            case ParcelReturned e -> ended(e.getFulfilmentId(), e.getParcelId());
            case ParcelLost e -> ended(e.getFulfilmentId(), e.getParcelId());
            default -> {
                // No parcel moves.
            }
        }
    }

    private static void take(Map<String, Long> units, List<PickupLine> lines) {
        lines.forEach(line ->
                units.computeIfPresent(line.getLineId(), (_, left) -> Math.max(0, left - line.getQuantity())));
    }

    private static String key(String fulfilmentId, String parcelId) {
        return fulfilmentId + "|" + parcelId;
    }

    private void ended(String fulfilmentId, String parcelId) {
        Objects.requireNonNull(shipped.get(key(fulfilmentId, parcelId)), parcelId).ended = true;
    }

    /** A store packs a parcel, or a courier has news of one; null if nothing is staged or shipped. */
    @Nullable
    Request work(RandomGenerator random) {
        boolean packs = !staged.isEmpty() && (shipped.isEmpty() || random.nextBoolean());
        if (packs) {
            return pack(pick(List.copyOf(staged.values()), random), random);
        }
        return shipped.isEmpty() ? null : news(pick(List.copyOf(shipped.values()), random), random);
    }

    /** A store packs a parcel of this fulfilment; null if it is not a staged delivery. */
    @Nullable
    Request pack(String fulfilmentId, RandomGenerator random) {
        Staged from = staged.get(fulfilmentId);
        return from == null ? null : pack(from, random);
    }

    /** Packs all that is left, or one unit of each line, or more than is there; more if nothing is left. */
    private Request pack(Staged from, RandomGenerator random) {
        int die = random.nextInt(8);
        boolean tooMuch = die > 5 || from.unpacked().values().stream().allMatch(left -> left == 0);
        Request request = pack(from, left -> tooMuch ? left + 1 : die < 3 ? left : Math.min(1, left));
        return random.nextInt(6) == 0 ? request.with("parcelId", "parcel-1") : request;
    }

    private Request pack(Staged from, LongUnaryOperator quantity) {
        List<Map<String, ?>> lines = new ArrayList<>();
        from.unpacked().forEach((lineId, left) -> {
            long packed = quantity.applyAsLong(left);
            if (packed > 0) {
                lines.add(Map.of("lineId", lineId, "quantity", packed));
            }
        });
        Request request = drafts.request(
                "store packs a parcel of " + from.fulfilmentId(),
                "pickup",
                "PackParcel",
                Party.associate(from.locationId()));
        return request.with("fulfilmentId", from.fulfilmentId(), "lines", lines)
                .with("parcelId", request.head.derivedId("parcel"))
                .with("carrierId", "carrier-1", "trackingReference", "track-" + drafts.requests());
    }

    /** News of a parcel, whatever is known of it. */
    private Request news(Shipped of, RandomGenerator random) {
        return switch (random.nextInt(10)) {
            case 0, 1, 2 -> delivered(of, random);
            case 3, 4 ->
                news("who found nobody", "ReportFailedAttempt", of)
                        .with("reasonCode", "NOBODY_HOME")
                        .with(
                                "nextAttemptAt",
                                random.nextBoolean() ? drafts.now().plusSeconds(86_400) : null);
            case 5, 6 -> returned(of, of.parcel.getLines(), 0, random);
            case 7 -> returned(of, of.parcel.getLines().subList(0, 1), random.nextInt(2), random);
            case 8 -> news("who has lost it", "LoseParcel", of);
            default -> news("who has lost an unknown parcel", "LoseParcel", of).with("parcelId", "unknown");
        };
    }

    private Request delivered(Shipped of, RandomGenerator random) {
        return news("who has delivered it", "DeliverParcel", of)
                .with("deliveredAt", drafts.movedAt(random), "proof", pick(PROOFS, random));
    }

    private Request returned(Shipped of, List<PickupLine> lines, int more, RandomGenerator random) {
        List<Map<String, ?>> back = new ArrayList<>();
        lines.forEach(line -> back.add(Map.of(
                "lineId",
                line.getLineId(),
                "quantity",
                line.getQuantity() + more,
                "condition",
                "UNOPENED",
                "disposition",
                pick(List.of("RESTOCK", "DAMAGED", "RETURN_TO_VENDOR"), random))));
        String location = pick(LOCATIONS, random);
        return news("who brings it to " + location, "ReturnParcel", of, Party.associate(location))
                .with("returnedTo", location, "lines", back);
    }

    private Request news(String what, String type, Shipped of) {
        return news(what, type, of, Party.courier(COURIER));
    }

    private Request news(String what, String type, Shipped of, Party party) {
        String parcelId = of.parcel.getParcelId();
        return drafts.request("news of a courier " + what + ": " + parcelId, "pickup", type, party)
                .with("fulfilmentId", of.fulfilmentId, "parcelId", parcelId);
    }

    /**
     * The next parcel of each delivery that is packed in part or should be, and some news of each parcel that was
     * shipped. Nobody hears of some parcels before they are given up.
     */
    List<Request> duties(RandomGenerator random) {
        Stream<Request> packed =
                staged.values().stream().filter(Staged::isToPack).map(from -> pack(from, left -> (left + 1) / 2));
        Stream<Request> news = shipped.values().stream()
                .filter(Shipped::isToReport)
                .map(parcel -> parcel.news > NEWS_BY_CHANCE ? delivered(parcel, random) : news(parcel, random));
        return Stream.concat(packed, news).toList();
    }
}
