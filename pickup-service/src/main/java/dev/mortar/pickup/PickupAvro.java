package dev.mortar.pickup;

import dev.mortar.eventsourcing.kafka.EventReader;
import dev.mortar.pickup.Fulfilment.Channel;
import dev.mortar.pickup.Fulfilment.Method;
import dev.mortar.pickup.PickupEvent.EndReason;
import dev.mortar.pickup.PickupEvent.NotTakenReason;
import dev.mortar.pickup.PickupEvent.RefusalReason;
import dev.mortar.pickup.PickupEvent.ShortReason;
import dev.mortar.pickup.PickupProcess.Incoming;
import dev.mortar.pickup.Proof.NamedOverride;
import dev.mortar.schemas.Actor;
import dev.mortar.schemas.ActorType;
import dev.mortar.schemas.EventMeta;
import dev.mortar.schemas.FulfilmentMethod;
import dev.mortar.schemas.OrderLine;
import dev.mortar.schemas.Unit;
import dev.mortar.schemas.inventory.InventoryLocation;
import dev.mortar.schemas.order.OrderCancellationRequested;
import dev.mortar.schemas.order.OrderConfirmed;
import dev.mortar.schemas.pickup.CancellationRefusalReason;
import dev.mortar.schemas.pickup.CustomerArrived;
import dev.mortar.schemas.pickup.CustomerOnTheWay;
import dev.mortar.schemas.pickup.OverrideReason;
import dev.mortar.schemas.pickup.PickingStarted;
import dev.mortar.schemas.pickup.PickupCancellationRefused;
import dev.mortar.schemas.pickup.PickupCancelled;
import dev.mortar.schemas.pickup.PickupCodeReissued;
import dev.mortar.schemas.pickup.PickupCodeRejected;
import dev.mortar.schemas.pickup.PickupEndReason;
import dev.mortar.schemas.pickup.PickupExpired;
import dev.mortar.schemas.pickup.PickupHandedOver;
import dev.mortar.schemas.pickup.PickupLineShort;
import dev.mortar.schemas.pickup.PickupReady;
import dev.mortar.schemas.pickup.PickupReminderDue;
import dev.mortar.schemas.pickup.PickupRequested;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * Pickup's events as Avro records and back, and the events of orders in pickup's words. An enum symbol this service has
 * no word for is an {@link IllegalArgumentException}: what it would have to act on, it does not guess.
 */
final class PickupAvro {

    private PickupAvro() {}

    /** Reads {@code pickup.events}. */
    static final EventReader<PickupEvent> EVENTS = EventReader.<PickupEvent>create()
            .on(
                    PickupRequested.class,
                    r -> new PickupEvent.PickupRequested(
                            fulfilment(r),
                            Channel.valueOf(r.getChannel().name()),
                            lines(r.getLines()),
                            r.getPromisedAt(),
                            r.getMeta().getRecordedAt()))
            .on(PickingStarted.class, r -> new PickupEvent.PickingStarted(fulfilment(r)))
            .on(
                    PickupLineShort.class,
                    r -> new PickupEvent.PickupLineShort(
                            fulfilment(r),
                            r.getLineId(),
                            r.getSku(),
                            r.getMissing(),
                            ShortReason.valueOf(r.getReason().name())))
            .on(
                    PickupReady.class,
                    r -> new PickupEvent.PickupReady(
                            fulfilment(r),
                            lines(r.getLines()),
                            r.getStagingPlace(),
                            r.getMeta().getRecordedAt(),
                            r.getPickupDeadline(),
                            r.getCodeIssue(),
                            r.getCodeKeyId(),
                            lines(r.getMissing())))
            .on(
                    PickupReminderDue.class,
                    r -> new PickupEvent.PickupReminderDue(
                            fulfilment(r),
                            lines(r.getLines()),
                            r.getPickupDeadline(),
                            r.getCodeIssue(),
                            r.getCodeKeyId()))
            .on(
                    PickupCodeReissued.class,
                    r -> new PickupEvent.PickupCodeReissued(
                            fulfilment(r),
                            lines(r.getLines()),
                            r.getPickupDeadline(),
                            r.getCodeIssue(),
                            r.getCodeKeyId()))
            .on(CustomerOnTheWay.class, r -> new PickupEvent.CustomerOnTheWay(fulfilment(r), r.getExpectedAt()))
            .on(
                    CustomerArrived.class,
                    r -> new PickupEvent.CustomerArrived(
                            fulfilment(r), r.getBay(), r.getMeta().getRecordedAt()))
            .on(
                    PickupCodeRejected.class,
                    r -> new PickupEvent.PickupCodeRejected(fulfilment(r), r.getWrongAttempts(), r.getLocked()))
            .on(
                    PickupHandedOver.class,
                    r -> new PickupEvent.PickupHandedOver(
                            fulfilment(r),
                            r.getHandedOverAt(),
                            lines(r.getHandedOver()),
                            lines(r.getNotTaken()),
                            r.getCodeIssue(),
                            override(r),
                            r.getCourierId(),
                            r.getLastCodeIssue(),
                            r.getNotTakenReason() == null
                                    ? null
                                    : NotTakenReason.valueOf(
                                            r.getNotTakenReason().name())))
            .on(
                    PickupExpired.class,
                    r -> new PickupEvent.PickupExpired(
                            fulfilment(r), lines(r.getLines()), r.getPickupDeadline(), r.getLastCodeIssue()))
            .on(
                    PickupCancelled.class,
                    r -> new PickupEvent.PickupCancelled(
                            fulfilment(r),
                            r.getCancellationId(),
                            lines(r.getLines()),
                            r.getWhole(),
                            EndReason.valueOf(r.getReason().name()),
                            r.getLastCodeIssue()))
            .on(
                    PickupCancellationRefused.class,
                    r -> new PickupEvent.PickupCancellationRefused(
                            fulfilment(r),
                            r.getCancellationId(),
                            RefusalReason.valueOf(r.getReason().name())));

    /** Reads what pickup listens to in {@code order.events}. */
    static final EventReader<Incoming> INCOMING = EventReader.<Incoming>create()
            .on(OrderConfirmed.class, PickupAvro::confirmed)
            .on(
                    OrderCancellationRequested.class,
                    r -> new Incoming.OrderCancellationRequested(
                            r.getCancellationId(),
                            EndReason.valueOf(r.getReason().name()),
                            r.getParts().stream()
                                    .map(part -> new Incoming.CancellationPart(
                                            part.getFulfilmentId(),
                                            part.getLines().stream()
                                                    .map(line -> new LineQuantity(line.getLineId(), line.getQuantity()))
                                                    .toList()))
                                    .toList()));

    /** Reads {@code inventory.locations}. */
    static final EventReader<OpeningHours> LOCATIONS =
            EventReader.<OpeningHours>create().on(InventoryLocation.class, PickupAvro::hours);

    /** The event as its generated record. */
    static SpecificRecord write(PickupEvent event, EventMeta meta) {
        Fulfilment f = event.fulfilment();
        String id = f.fulfilmentId();
        String order = f.orderId();
        String location = f.locationId();
        String customer = f.customerId();
        FulfilmentMethod method = FulfilmentMethod.valueOf(f.method().name());
        return switch (event) {
            case PickupEvent.PickupRequested e ->
                new PickupRequested(
                        meta,
                        id,
                        order,
                        location,
                        customer,
                        method,
                        dev.mortar.schemas.Channel.valueOf(e.channel().name()),
                        records(e.lines()),
                        e.promisedAt());
            case PickupEvent.PickingStarted e -> new PickingStarted(meta, id, order, location, customer, method);
            case PickupEvent.PickupLineShort e ->
                new PickupLineShort(
                        meta,
                        id,
                        order,
                        location,
                        customer,
                        method,
                        e.lineId(),
                        e.sku(),
                        e.missing(),
                        dev.mortar.schemas.pickup.ShortReason.valueOf(e.reason().name()));
            case PickupEvent.PickupReady e ->
                new PickupReady(
                        meta,
                        id,
                        order,
                        location,
                        customer,
                        method,
                        records(e.lines()),
                        e.stagingPlace(),
                        e.pickupDeadline(),
                        e.codeIssue(),
                        e.codeKeyId(),
                        records(e.missing()));
            case PickupEvent.PickupReminderDue e ->
                new PickupReminderDue(
                        meta,
                        id,
                        order,
                        location,
                        customer,
                        method,
                        records(e.lines()),
                        e.pickupDeadline(),
                        e.codeIssue(),
                        e.codeKeyId());
            case PickupEvent.PickupCodeReissued e ->
                new PickupCodeReissued(
                        meta,
                        id,
                        order,
                        location,
                        customer,
                        method,
                        records(e.lines()),
                        e.pickupDeadline(),
                        e.codeIssue(),
                        e.codeKeyId());
            case PickupEvent.CustomerOnTheWay e ->
                new CustomerOnTheWay(meta, id, order, location, customer, method, e.expectedAt());
            case PickupEvent.CustomerArrived e ->
                new CustomerArrived(meta, id, order, location, customer, method, e.bay());
            case PickupEvent.PickupCodeRejected e ->
                new PickupCodeRejected(meta, id, order, location, customer, method, e.wrongAttempts(), e.locked());
            case PickupEvent.PickupHandedOver e ->
                new PickupHandedOver(
                        meta,
                        id,
                        order,
                        location,
                        customer,
                        method,
                        e.handedOverAt(),
                        records(e.handedOver()),
                        records(e.notTaken()),
                        e.codeIssue(),
                        e.overriddenBy() == null
                                ? null
                                : new Actor(
                                        ActorType.ASSOCIATE, e.overriddenBy().associateId(), location),
                        e.overriddenBy() == null
                                ? null
                                : OverrideReason.valueOf(
                                        e.overriddenBy().reason().name()),
                        e.courierId(),
                        e.lastCodeIssue(),
                        e.notTakenReason() == null
                                ? null
                                : dev.mortar.schemas.pickup.NotTakenReason.valueOf(
                                        e.notTakenReason().name()));
            case PickupEvent.PickupExpired e ->
                new PickupExpired(
                        meta,
                        id,
                        order,
                        location,
                        customer,
                        method,
                        records(e.lines()),
                        e.pickupDeadline(),
                        e.lastCodeIssue());
            case PickupEvent.PickupCancelled e ->
                new PickupCancelled(
                        meta,
                        id,
                        order,
                        location,
                        customer,
                        method,
                        e.cancellationId(),
                        records(e.lines()),
                        e.whole(),
                        PickupEndReason.valueOf(e.reason().name()),
                        e.lastCodeIssue());
            case PickupEvent.PickupCancellationRefused e ->
                new PickupCancellationRefused(
                        meta,
                        id,
                        order,
                        location,
                        customer,
                        method,
                        e.cancellationId(),
                        CancellationRefusalReason.valueOf(e.reason().name()));
        };
    }

    private static OpeningHours hours(InventoryLocation location) {
        return new OpeningHours(
                ZoneId.of(location.getTimeZone()),
                location.getOpeningHours().stream()
                        .map(each -> new OpeningHours.OfDay(
                                DayOfWeek.valueOf(each.getDay().name()), time(each.getOpens()), time(each.getCloses())))
                        .toList(),
                location.getExceptions().stream()
                        .map(each -> new OpeningHours.OfDate(
                                LocalDate.parse(each.getDate()),
                                each.getOpens() == null ? null : time(each.getOpens()),
                                each.getCloses() == null ? null : time(each.getCloses())))
                        .toList());
    }

    /** The end of a day is the beginning of the next, as for every opening that ends on the next day. */
    private static LocalTime time(String time) {
        return time.equals("24:00") ? LocalTime.MIDNIGHT : LocalTime.parse(time);
    }

    private static Incoming confirmed(OrderConfirmed order) {
        Map<String, OrderLine> lines =
                order.getLines().stream().collect(Collectors.toMap(OrderLine::getLineId, Function.identity()));
        return new Incoming.OrderConfirmed(
                Channel.valueOf(order.getChannel().name()),
                order.getFulfilments().stream()
                        .filter(part -> part.getMethod() != FulfilmentMethod.CARRY_OUT)
                        .map(part -> new Incoming.Part(
                                new Fulfilment(
                                        part.getFulfilmentId(),
                                        order.getOrderId(),
                                        part.getLocationId(),
                                        order.getCustomerId(),
                                        Method.valueOf(part.getMethod().name())),
                                part.getLineIds().stream()
                                        .map(lineId -> line(lines, lineId))
                                        .toList(),
                                part.getPromisedAt()))
                        .toList());
    }

    private static PickupLine line(Map<String, OrderLine> lines, String lineId) {
        OrderLine line = lines.get(lineId);
        if (line == null) {
            throw new IllegalArgumentException("a fulfilment names line " + lineId + ", which the order has not");
        }
        return new PickupLine(
                lineId,
                line.getSku(),
                line.getTitle(),
                line.getQuantity(),
                PickupLine.Unit.valueOf(line.getUnit().name()));
    }

    /** What every event of pickup says in fields of the same names. */
    private static Fulfilment fulfilment(SpecificRecord event) {
        return new Fulfilment(
                (String) event.get(event.getSchema().getField("fulfilmentId").pos()),
                (String) event.get(event.getSchema().getField("orderId").pos()),
                (String) event.get(event.getSchema().getField("locationId").pos()),
                (String) event.get(event.getSchema().getField("customerId").pos()),
                Method.valueOf(
                        event.get(event.getSchema().getField("method").pos()).toString()));
    }

    private static @Nullable NamedOverride override(PickupHandedOver event) {
        if (event.getOverriddenBy() == null) {
            return null;
        }
        return new NamedOverride(
                event.getOverriddenBy().getId(),
                NamedOverride.Reason.valueOf(event.getOverrideReason().name()));
    }

    private static List<PickupLine> lines(List<dev.mortar.schemas.pickup.PickupLine> records) {
        return records.stream()
                .map(record -> new PickupLine(
                        record.getLineId(),
                        record.getSku(),
                        record.getTitle(),
                        record.getQuantity(),
                        PickupLine.Unit.valueOf(record.getUnit().name())))
                .toList();
    }

    private static List<dev.mortar.schemas.pickup.PickupLine> records(List<PickupLine> lines) {
        return lines.stream()
                .map(line -> new dev.mortar.schemas.pickup.PickupLine(
                        line.lineId(),
                        line.sku(),
                        line.title(),
                        line.quantity(),
                        Unit.valueOf(line.unit().name())))
                .toList();
    }
}
