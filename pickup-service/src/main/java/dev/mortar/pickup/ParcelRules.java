package dev.mortar.pickup;

import static dev.mortar.eventsourcing.Decision.accepted;
import static dev.mortar.eventsourcing.Decision.rejected;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.summingLong;

import dev.mortar.eventsourcing.Decision;
import dev.mortar.pickup.Fulfilment.Method;
import dev.mortar.pickup.Pickup.*;
import dev.mortar.pickup.PickupCommand.*;
import dev.mortar.pickup.PickupEvent.*;
import dev.mortar.pickup.PickupRejection.*;
import dev.mortar.values.ParcelReturnLine;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The rules of parcels. A store packs them, a courier takes them, and each ends once: delivered, returned or lost. The
 * first end in the log stands. Later news changes nothing, but a lost parcel can be found.
 */
final class ParcelRules {

    static final int PARCELS_MAX = 50;

    /** A parcel is overdue this long after the handover. */
    static final int OVERDUE_DAYS = 10;

    /** A parcel without news is given up this long after the handover. */
    static final int LOST_DAYS = 30;

    private ParcelRules() {}

    static Decision<PickupEvent> pack(Pickup pickup, PackParcel command) {
        Map<String, Long> asked = PickupDecider.quantities(command.lines());
        TrackedParcel known = pickup instanceof Known any ? any.goods().parcel(command.parcelId()) : null;
        if (known != null) {
            return isSame(known.parcel(), command, asked)
                    ? accepted()
                    : rejected(new ParcelDiffers(command.fulfilmentId(), command.parcelId()));
        }
        if (!(pickup instanceof Ready ready)) {
            return PickupDecider.wrongState(pickup, command);
        }
        Fulfilment fulfilment = ready.fulfilment();
        if (fulfilment.method() != Method.DELIVERY) {
            return rejected(new WrongMethod(command.fulfilmentId(), fulfilment.method()));
        }
        if (ready.goods().parcels().size() >= PARCELS_MAX) {
            return rejected(new TooManyParcels(command.fulfilmentId(), PARCELS_MAX));
        }
        PickupRejection rejection = checkUnpacked(ready.goods(), asked);
        return rejection == null
                ? accepted(new ParcelPacked(fulfilment, parcel(ready.goods(), command, asked)))
                : rejected(rejection);
    }

    private static boolean isSame(Parcel parcel, PackParcel command, Map<String, Long> asked) {
        Map<String, Long> packed = new LinkedHashMap<>();
        parcel.lines().forEach(line -> packed.put(line.lineId(), line.quantity()));
        return packed.equals(asked)
                && parcel.carrierId().equals(command.carrierId())
                && Objects.equals(parcel.trackingReference(), command.trackingReference());
    }

    private static @Nullable PickupRejection checkUnpacked(Goods goods, Map<String, Long> asked) {
        String fulfilmentId = goods.fulfilment().fulfilmentId();
        for (Map.Entry<String, Long> each : asked.entrySet()) {
            Goods.Line line = goods.line(each.getKey());
            if (line == null) {
                return new UnknownLine(fulfilmentId, each.getKey());
            }
            if (each.getValue() > goods.unpacked(line)) {
                return new MoreThanLeft(fulfilmentId, each.getKey(), each.getValue(), goods.unpacked(line));
            }
        }
        return null;
    }

    private static Parcel parcel(Goods goods, PackParcel command, Map<String, Long> asked) {
        List<PickupLine> lines = goods.remaining().stream()
                .filter(line -> asked.containsKey(line.lineId()))
                .map(line -> line.withQuantity(asked.getOrDefault(line.lineId(), 0L)))
                .toList();
        return new Parcel(command.parcelId(), lines, command.carrierId(), command.trackingReference());
    }

    /** Why a courier cannot take these units; null if nothing is against it. Packed goods leave all together. */
    static @Nullable PickupRejection checkPacked(Goods goods, Map<String, Long> taken) {
        if (goods.parcels().isEmpty()) {
            return null;
        }
        String fulfilmentId = goods.fulfilment().fulfilmentId();
        for (Goods.Line line : goods.lines()) {
            String lineId = line.requested().lineId();
            if (goods.unpacked(line) > 0) {
                return new UnitsNotPacked(fulfilmentId, lineId, goods.unpacked(line));
            }
            if (taken.getOrDefault(lineId, 0L) < line.remaining()) {
                return new ParcelsTakenInPart(fulfilmentId);
            }
        }
        return null;
    }

    /** The parcels that a courier takes. Units that nobody packed go in one parcel. */
    static List<Parcel> taken(Goods goods, List<PickupLine> handedOver, String courierId) {
        if (handedOver.isEmpty()) {
            return List.of();
        }
        return goods.parcels().isEmpty()
                ? List.of(new Parcel(goods.fulfilment().fulfilmentId() + "-p1", handedOver, courierId, null))
                : goods.parcels().stream().map(TrackedParcel::parcel).toList();
    }

    static Decision<PickupEvent> deliver(Pickup pickup, DeliverParcel command, Instant now) {
        Instant given = command.deliveredAt();
        // The clock of a courier can be ahead of the log's.
        Instant deliveredAt = given == null || given.isAfter(now) ? now : given;
        return ifHandedOver(pickup, command, command.parcelId(), (fulfilment, tracked) -> {
            Parcel parcel = tracked.parcel();
            return switch (tracked.state()) {
                case SHIPPED ->
                    accepted(new ParcelDelivered(
                            fulfilment, parcel.parcelId(), deliveredAt, command.proof(), parcel.lines()));
                case LOST ->
                    tracked.foundAt() == null
                            ? accepted(new ParcelFound(fulfilment, parcel.parcelId(), deliveredAt, command.proof()))
                            : accepted();
                case PACKED, DELIVERED, RETURNED -> accepted();
            };
        });
    }

    static Decision<PickupEvent> reportFailedAttempt(Pickup pickup, ReportFailedAttempt command) {
        return ifOut(
                pickup,
                command,
                command.parcelId(),
                (fulfilment, tracked) -> accepted(new DeliveryAttemptFailed(
                        fulfilment,
                        command.parcelId(),
                        tracked.attempts() + 1,
                        command.reasonCode(),
                        command.nextAttemptAt())));
    }

    static Decision<PickupEvent> returned(Pickup pickup, ReturnParcel command, Instant now) {
        return ifOut(pickup, command, command.parcelId(), (fulfilment, tracked) -> {
            Parcel parcel = tracked.parcel();
            Map<String, Long> units = command.lines().stream()
                    .collect(groupingBy(ReturnLine::lineId, LinkedHashMap::new, summingLong(ReturnLine::quantity)));
            for (Map.Entry<String, Long> each : units.entrySet()) {
                long packed = parcel.units(each.getKey());
                if (each.getValue() > packed) {
                    return rejected(new MoreThanPacked(
                            command.fulfilmentId(), parcel.parcelId(), each.getKey(), each.getValue(), packed));
                }
            }
            List<ParcelReturnLine> lines = command.lines().stream()
                    .map(line -> new ParcelReturnLine(
                            line.lineId(),
                            parcel.sku(line.lineId()),
                            line.quantity(),
                            line.condition(),
                            line.disposition()))
                    .toList();
            return accepted(new ParcelReturned(fulfilment, parcel.parcelId(), command.returnedTo(), lines, now));
        });
    }

    static Decision<PickupEvent> lose(Pickup pickup, LoseParcel command, Instant now) {
        return ifOut(
                pickup,
                command,
                command.parcelId(),
                (fulfilment, tracked) ->
                        accepted(lost(fulfilment, tracked.parcel(), ParcelLossReason.CARRIER_SAYS, now)));
    }

    private static ParcelLost lost(Fulfilment fulfilment, Parcel parcel, ParcelLossReason reason, Instant now) {
        return new ParcelLost(fulfilment, parcel.parcelId(), reason, parcel.lines(), now);
    }

    /** Applies a rule to a parcel that a courier has. News of a parcel that ended changes nothing. */
    private static Decision<PickupEvent> ifOut(
            Pickup pickup,
            PickupCommand command,
            String parcelId,
            BiFunction<Fulfilment, TrackedParcel, Decision<PickupEvent>> rule) {
        return ifHandedOver(
                pickup,
                command,
                parcelId,
                (fulfilment, tracked) -> tracked.isOut() ? rule.apply(fulfilment, tracked) : accepted());
    }

    /** Applies a rule to a parcel that a courier took. */
    private static Decision<PickupEvent> ifHandedOver(
            Pickup pickup,
            PickupCommand command,
            String parcelId,
            BiFunction<Fulfilment, TrackedParcel, Decision<PickupEvent>> rule) {
        if (!(pickup instanceof HandedOver ended)) {
            return PickupDecider.wrongState(pickup, command);
        }
        TrackedParcel tracked = ended.goods().parcel(parcelId);
        return tracked == null
                ? rejected(new UnknownParcel(command.fulfilmentId(), parcelId))
                : rule.apply(ended.fulfilment(), tracked);
    }

    /** Everything that is due now: the end of the parcels that are still out alone, or the delay. */
    static Decision<PickupEvent> checkDeadline(HandedOver pickup, Instant now) {
        Instant dueAt = nextDue(pickup);
        if (dueAt == null || now.isBefore(dueAt)) {
            return accepted();
        }
        return now.isBefore(lostAt(pickup))
                ? accepted(new PickupOverdue(pickup.fulfilment(), OverdueKind.DELIVERY, dueAt))
                : accepted(pickup.goods().parcels().stream()
                        .filter(TrackedParcel::isOut)
                        .<PickupEvent>map(
                                tracked -> lost(pickup.fulfilment(), tracked.parcel(), ParcelLossReason.NO_NEWS, now))
                        .toList());
    }

    /** When {@link #checkDeadline} has the next event; null if no parcel is out. */
    static @Nullable Instant nextDue(HandedOver pickup) {
        Goods goods = pickup.goods();
        if (goods.parcels().stream().noneMatch(TrackedParcel::isOut)) {
            return null;
        }
        return goods.overdue().contains(OverdueKind.DELIVERY)
                ? lostAt(pickup)
                : pickup.recordedAt().plus(Duration.ofDays(OVERDUE_DAYS));
    }

    private static Instant lostAt(HandedOver pickup) {
        return pickup.recordedAt().plus(Duration.ofDays(LOST_DAYS));
    }
}
