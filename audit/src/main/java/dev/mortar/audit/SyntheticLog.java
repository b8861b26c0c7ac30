package dev.mortar.audit;

import dev.mortar.schemas.Actor;
import dev.mortar.schemas.ActorType;
import dev.mortar.schemas.Channel;
import dev.mortar.schemas.EventMeta;
import dev.mortar.schemas.FulfilmentMethod;
import dev.mortar.schemas.LineQuantity;
import dev.mortar.schemas.Money;
import dev.mortar.schemas.OrderLine;
import dev.mortar.schemas.SkuQuantity;
import dev.mortar.schemas.Unit;
import dev.mortar.schemas.inventory.Quantities;
import dev.mortar.schemas.inventory.ReservationConfirmed;
import dev.mortar.schemas.inventory.ReservationPicked;
import dev.mortar.schemas.inventory.StockChange;
import dev.mortar.schemas.inventory.StockCommitted;
import dev.mortar.schemas.inventory.StockReceived;
import dev.mortar.schemas.inventory.StockReserved;
import dev.mortar.schemas.notification.EndReason;
import dev.mortar.schemas.notification.NotificationChannel;
import dev.mortar.schemas.notification.NotificationLine;
import dev.mortar.schemas.notification.NotificationRequested;
import dev.mortar.schemas.notification.NotificationSending;
import dev.mortar.schemas.notification.NotificationSent;
import dev.mortar.schemas.notification.Template;
import dev.mortar.schemas.order.Acceptance;
import dev.mortar.schemas.order.Fulfilment;
import dev.mortar.schemas.order.FulfilmentHandedOver;
import dev.mortar.schemas.order.OrderCompleted;
import dev.mortar.schemas.order.OrderConfirmed;
import dev.mortar.schemas.order.OrderPlaced;
import dev.mortar.schemas.pickup.PickingStarted;
import dev.mortar.schemas.pickup.PickupHandedOver;
import dev.mortar.schemas.pickup.PickupLine;
import dev.mortar.schemas.pickup.PickupReady;
import dev.mortar.schemas.pickup.PickupRequested;
import dev.mortar.schemas.returns.PurchaseRecorded;
import dev.mortar.schemas.returns.PurchasedLine;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * A log that is written by hand: what services would have written, without any of their code. It numbers, places and
 * links the events; whoever writes says what happens.
 */
class SyntheticLog {
    private final int partitions;
    private final List<LoggedEvent> events = new ArrayList<>();
    private final Map<String, Long> sequences = new HashMap<>();
    private final Map<String, Long> positions = new HashMap<>();
    private final Map<String, Long> offsets = new HashMap<>();
    private final Map<String, Quantities> book = new HashMap<>();
    private long commands;
    Instant now = Instant.parse("2026-11-22T09:00:00Z");

    SyntheticLog(int partitions) {
        this.partitions = partitions;
    }

    /** All events in the order in which they were written. */
    List<LoggedEvent> events() {
        return events;
    }

    /** What one command produced; gives the first event. */
    @SafeVarargs
    final LoggedEvent write(
            String topic, String key, @Nullable LoggedEvent cause, Function<EventMeta, SpecificRecord>... produced) {
        now = now.plusMillis(1);
        var command = new UUID(0x4d6f7274_61725000L, ++commands | (1L << 63));
        int partition = Utils.toPositive(Utils.murmur2(key.getBytes(StandardCharsets.UTF_8))) % partitions;
        var place = topic + '/' + partition;
        int first = events.size();
        for (int index = 0; index < produced.length; index++) {
            var meta = new EventMeta(
                    eventId(command, index),
                    index,
                    produced.length,
                    sequences.merge(topic + '/' + key, 1L, Long::sum),
                    positions.merge(place, 1L, Long::sum),
                    now,
                    now,
                    command,
                    cause == null ? null : EventType.meta(cause).getEventId(),
                    null,
                    cause == null
                            ? "correlation-" + commands
                            : EventType.meta(cause).getCorrelationId(),
                    new Actor(cause == null ? ActorType.ASSOCIATE : ActorType.SYSTEM, "a1", null));
            events.add(new LoggedEvent(
                    new Place(topic, partition, offsets.merge(place, 1L, Long::sum) - 1),
                    now,
                    key,
                    produced[index].apply(meta)));
        }
        // The marker that ends the transaction takes an offset as well.
        offsets.merge(place, 1L, Long::sum);
        return events.get(first);
    }

    static UUID eventId(UUID command, int index) {
        try {
            var sha1 = MessageDigest.getInstance("SHA-1");
            sha1.update(ByteBuffer.allocate(Long.BYTES * 2)
                    .putLong(command.getMostSignificantBits())
                    .putLong(command.getLeastSignificantBits())
                    .flip());
            var hash = ByteBuffer.wrap(sha1.digest(Integer.toString(index).getBytes(StandardCharsets.US_ASCII)));
            return new UUID((hash.getLong() & ~0xf000L) | 0x5000L, (hash.getLong() & ~(0xcL << 60)) | (0x8L << 60));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-1", e);
        }
    }

    /** Books a change of one SKU of a location. */
    StockChange change(String location, String sku, long onHand, long committed, long held, long safety, long damaged) {
        return change(location, sku, Unit.EACH, new Quantities(onHand, committed, held, safety, damaged, 0L));
    }

    /** Books a change of one SKU of a location in a unit. */
    StockChange change(String location, String sku, Unit unit, Quantities by) {
        var after = book.merge(
                location + '|' + Goods.key(sku, unit),
                by,
                (before, change) -> new Quantities(
                        before.getOnHand() + change.getOnHand(),
                        before.getCommitted() + change.getCommitted(),
                        before.getHeld() + change.getHeld(),
                        before.getSafetyStock() + change.getSafetyStock(),
                        before.getDamaged() + change.getDamaged(),
                        before.getToVendor() + change.getToVendor()));
        return new StockChange(sku, unit, by, after);
    }

    static Money money(long amount) {
        return new Money(amount, "EUR");
    }

    static OrderLine line(String lineId, String sku, long quantity, long unitPrice) {
        return new OrderLine(
                lineId,
                sku,
                null,
                quantity,
                Unit.EACH,
                money(unitPrice),
                money(0),
                money(0),
                true,
                List.of(),
                List.of(),
                null);
    }

    static SkuQuantity units(String sku, long quantity) {
        return new SkuQuantity(sku, quantity, Unit.EACH);
    }

    static PickupLine pick(String lineId, String sku, long quantity) {
        return new PickupLine(lineId, sku, null, quantity, Unit.EACH);
    }

    static Fulfilment fulfilment(
            String orderId, int number, FulfilmentMethod method, String location, String... lineIds) {
        return new Fulfilment(orderId + '-' + number, method, location, List.of(lineIds), null, null);
    }

    void receive(String location, String sku, long quantity) {
        write(
                "inventory.events",
                location,
                null,
                meta -> new StockReceived(
                        meta,
                        location,
                        "receipt-" + meta.getCommandId(),
                        now,
                        List.of(),
                        List.of(change(location, sku, quantity, 0, 0, 0, 0))));
    }

    /** A mail that goes through at once. */
    void mail(LoggedEvent trigger, Template template, String orderId, @Nullable String fulfilmentId, String customer) {
        var id = requestMail(trigger, template, orderId, fulfilmentId, customer);
        write("notification.events", id, null, meta -> new NotificationSending(meta, id, customer, 1));
        write("notification.events", id, null, meta -> new NotificationSent(meta, id, customer, 1));
    }

    String requestMail(
            LoggedEvent trigger, Template template, String orderId, @Nullable String fulfilmentId, String customer) {
        var triggerId = EventType.meta(trigger).getEventId();
        var reason = Told.reasonOf(trigger);
        var id = eventId(triggerId, template.name().hashCode()).toString();
        write(
                "notification.events",
                id,
                trigger,
                meta -> new NotificationRequested(
                        meta,
                        id,
                        triggerId,
                        customer,
                        NotificationChannel.EMAIL,
                        template,
                        orderId,
                        fulfilmentId,
                        (FulfilmentMethod) said(trigger, "method"),
                        (String) said(trigger, "locationId"),
                        Told.articlesOf(trigger).entrySet().stream()
                                .map(article -> new NotificationLine(
                                        Goods.sku(article.getKey()),
                                        null,
                                        article.getValue(),
                                        Goods.unit(article.getKey())))
                                .toList(),
                        Told.droppedOf(trigger).entrySet().stream()
                                .map(article ->
                                        new NotificationLine(article.getKey(), null, article.getValue(), Unit.EACH))
                                .toList(),
                        Told.amountOf(trigger),
                        (Instant) said(trigger, "pickupDeadline"),
                        template == Template.PICKUP_HANDED_OVER ? null : (Integer) said(trigger, "codeIssue"),
                        (String) said(trigger, "codeKeyId"),
                        reason == null ? null : EndReason.valueOf(reason),
                        null,
                        null));
        return id;
    }

    /** What an event has in a field; null when it has no such field. */
    static @Nullable Object said(LoggedEvent event, String name) {
        var field = event.event().getSchema().getField(name);
        return field == null ? null : event.event().get(field.pos());
    }

    /** An online order of one SKU for pickup, from click to counter. */
    LoggedEvent clickAndCollect(String orderId, String customer, String location, String sku, long quantity) {
        var line = line("1", sku, quantity, 1_999);
        var group = fulfilment(orderId, 1, FulfilmentMethod.PICKUP, location, "1");
        var id = group.getFulfilmentId();
        long total = quantity * 1_999;
        var picked = List.of(pick("1", sku, quantity));
        var placed = write(
                "order.events",
                orderId,
                null,
                meta -> new OrderPlaced(
                        meta,
                        orderId,
                        Channel.ONLINE,
                        null,
                        customer,
                        Acceptance.WHOLE,
                        List.of(line),
                        List.of(group),
                        money(total),
                        "payment",
                        null,
                        null,
                        null,
                        now.plus(Duration.ofMinutes(30))));
        var reserved = write(
                "inventory.events",
                location,
                placed,
                meta -> new StockReserved(
                        meta,
                        location,
                        id,
                        orderId,
                        List.of(units(sku, quantity)),
                        now.plus(Duration.ofMinutes(45)),
                        List.of(change(location, sku, 0, quantity, 0, 0, 0))));
        var confirmed = write(
                "order.events",
                orderId,
                reserved,
                meta -> new OrderConfirmed(
                        meta,
                        orderId,
                        Channel.ONLINE,
                        customer,
                        List.of(line),
                        List.of(group),
                        List.of(),
                        List.of(),
                        money(total)));
        write(
                "inventory.events",
                location,
                confirmed,
                meta -> new ReservationConfirmed(meta, location, id, orderId, List.of()));
        mail(confirmed, Template.ORDER_CONFIRMED, orderId, null, customer);
        write(
                "pickup.events",
                id,
                confirmed,
                meta -> new PickupRequested(
                        meta, id, orderId, location, customer, FulfilmentMethod.PICKUP, Channel.ONLINE, picked, null));
        write(
                "pickup.events",
                id,
                null,
                meta -> new PickingStarted(meta, id, orderId, location, customer, FulfilmentMethod.PICKUP));
        var ready = write(
                "pickup.events",
                id,
                null,
                meta -> new PickupReady(
                        meta,
                        id,
                        orderId,
                        location,
                        customer,
                        FulfilmentMethod.PICKUP,
                        picked,
                        "A-12",
                        now.plus(Duration.ofDays(3)),
                        1,
                        "k1",
                        List.of()));
        write("inventory.events", location, ready, meta -> new ReservationPicked(meta, location, id, orderId));
        mail(ready, Template.PICKUP_READY, orderId, id, customer);
        var handedOver = write(
                "pickup.events",
                id,
                null,
                meta -> new PickupHandedOver(
                        meta,
                        id,
                        orderId,
                        location,
                        customer,
                        FulfilmentMethod.PICKUP,
                        now,
                        picked,
                        List.of(),
                        1,
                        null,
                        null,
                        null,
                        1,
                        null));
        write(
                "inventory.events",
                location,
                handedOver,
                meta -> new StockCommitted(
                        meta,
                        location,
                        id,
                        orderId,
                        List.of(units(sku, quantity)),
                        List.of(),
                        (Instant) said(handedOver, "handedOverAt"),
                        List.of(),
                        List.of(change(location, sku, -quantity, -quantity, 0, 0, 0))));
        mail(handedOver, Template.PICKUP_HANDED_OVER, orderId, id, customer);
        var reported = write(
                "order.events",
                orderId,
                handedOver,
                meta -> new FulfilmentHandedOver(
                        meta,
                        orderId,
                        id,
                        customer,
                        Channel.ONLINE,
                        FulfilmentMethod.PICKUP,
                        location,
                        Objects.requireNonNull((Instant) said(handedOver, "handedOverAt")),
                        List.of(line),
                        "payment"),
                meta -> new OrderCompleted(
                        meta, orderId, customer, List.of(new LineQuantity("1", sku, quantity)), List.of()));
        return write(
                "returns.events",
                orderId,
                reported,
                meta -> new PurchaseRecorded(
                        meta,
                        orderId,
                        id,
                        customer,
                        Channel.ONLINE,
                        location,
                        Objects.requireNonNull((Instant) said(handedOver, "handedOverAt")),
                        now.plus(Duration.ofDays(30)),
                        List.of(new PurchasedLine(line, money(total))),
                        "payment"));
    }
}
