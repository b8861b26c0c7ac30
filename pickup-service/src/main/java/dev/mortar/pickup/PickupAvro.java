package dev.mortar.pickup;

import dev.mortar.eventsourcing.kafka.EventBinder;
import dev.mortar.eventsourcing.kafka.EventReader;
import dev.mortar.pickup.Fulfilment.Method;
import dev.mortar.pickup.PickupEvent.EndReason;
import dev.mortar.pickup.PickupProcess.Incoming;
import dev.mortar.schemas.FulfilmentMethod;
import dev.mortar.schemas.OrderLine;
import dev.mortar.schemas.inventory.InventoryLocation;
import dev.mortar.schemas.order.OrderCancellationRequested;
import dev.mortar.schemas.order.OrderConfirmed;
import dev.mortar.values.Channel;
import dev.mortar.values.Unit;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reads and writes the events of pickups, and reads those of orders in the terms of a pickup. */
final class PickupAvro {

    private PickupAvro() {}

    /** The events of pickups. */
    static final EventBinder<PickupEvent> EVENTS = EventBinder.of(PickupEvent.class, "dev.mortar.schemas.pickup");

    /** Reads {@code order.events}. */
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
                                    .toList()))
            .ignoring("""
                    OrderPlaced FulfilmentReserved FulfilmentRejected OrderRejected OrderCancellationRefused
                    OrderLinesCancelled OrderCancelled FulfilmentHandedOver OrderCompleted OrderReturned
                    """);

    /** Reads {@code inventory.locations}. */
    static final EventReader<OpeningHours> LOCATIONS =
            EventReader.<OpeningHours>create().on(InventoryLocation.class, PickupAvro::hours);

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

    /** 24:00 becomes 00:00, which ends the opening on the next day. */
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
            throw new IllegalArgumentException("a fulfilment names line " + lineId + ", which the order does not have");
        }
        return new PickupLine(
                lineId,
                line.getSku(),
                line.getTitle(),
                line.getQuantity(),
                Unit.valueOf(line.getUnit().name()));
    }
}
