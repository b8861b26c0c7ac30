package dev.mortar.audit;

import dev.mortar.schemas.*;
import dev.mortar.schemas.inventory.*;
import dev.mortar.schemas.notification.*;
import dev.mortar.schemas.order.*;
import dev.mortar.schemas.pickup.*;
import dev.mortar.schemas.returns.PurchaseRecorded;
import dev.mortar.schemas.returns.PurchasedLine;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * A log as the services would write it, without any of their code. This class numbers, places and links the events; the
 * caller decides which event happens.
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

    /** Writes the events of one command; gives the first of them. */
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
                    cause == null ? null : cause.meta().getEventId(),
                    null,
                    cause == null ? "correlation-" + commands : cause.meta().getCorrelationId(),
                    new Actor(cause == null ? ActorType.ASSOCIATE : ActorType.SYSTEM, "a1", null));
            events.add(new LoggedEvent(
                    new RecordId(topic, partition, offsets.merge(place, 1L, Long::sum) - 1),
                    now,
                    key,
                    produced[index].apply(meta)));
        }
        // The marker that ends the transaction takes an offset, too.
        offsets.merge(place, 1L, Long::sum);
        return events.get(first);
    }

    /** Writes an event of a type with the fields of these names. The others have their default, or are null. */
    private LoggedEvent write(
            String topic,
            String key,
            @Nullable LoggedEvent cause,
            Class<? extends SpecificRecord> type,
            Map<String, ? extends @Nullable Object> fields) {
        return write(topic, key, cause, meta -> {
            var schema = SpecificData.get().getSchema(type);
            var record = (SpecificRecord) SpecificData.newInstance(type, schema);
            for (var field : schema.getFields()) {
                var value = field.name().equals("meta") ? meta : fields.get(field.name());
                boolean isDefault = value == null && field.hasDefaultValue();
                record.put(field.pos(), isDefault ? SpecificData.get().getDefaultValue(field) : value);
            }
            return record;
        });
    }

    static UUID eventId(UUID command, int index) {
        return LoggedEvent.Identity.derived(command, index);
    }

    /** Books a change of one SKU of a location. */
    StockChange change(String location, String sku, long onHand, long committed, long held, long safety, long damaged) {
        return change(location, sku, Unit.EACH, new Quantities(onHand, committed, held, safety, damaged, 0L));
    }

    /** Books a change of one SKU of a location in a unit. */
    StockChange change(String location, String sku, Unit unit, Quantities by) {
        var after = book.merge(
                location + '|' + Sums.goods(sku, unit),
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

    /** A mail that is sent at once. */
    void mail(LoggedEvent trigger, Template template, String orderId, @Nullable String fulfilmentId, String customer) {
        var id = requestMail(trigger, template, orderId, fulfilmentId, customer);
        write("notification.events", id, null, meta -> new NotificationSending(meta, id, customer, 1));
        write("notification.events", id, null, meta -> new NotificationSent(meta, id, customer, 1));
    }

    String requestMail(
            LoggedEvent trigger, Template template, String orderId, @Nullable String fulfilmentId, String customer) {
        var triggerId = trigger.meta().getEventId();
        var content = NotificationStory.Content.of(trigger);
        var reason = NotificationStory.Content.reason(trigger);
        var id = eventId(triggerId, template.name().hashCode()).toString();
        var fields = new HashMap<String, @Nullable Object>();
        for (var name : List.of("method", "locationId", "pickupDeadline", "codeIssue", "codeKeyId")) {
            fields.put(name, said(trigger, name));
        }
        fields.put("notificationId", id);
        fields.put("triggerEventId", triggerId);
        fields.put("customerId", customer);
        fields.put("channel", NotificationChannel.EMAIL);
        fields.put("template", template);
        fields.put("orderId", orderId);
        fields.put("fulfilmentId", fulfilmentId);
        fields.put("lines", lines(content.goods()));
        fields.put("droppedLines", lines(content.dropped()));
        fields.put("amount", content.amount());
        fields.put("reason", reason == null ? null : EndReason.valueOf(reason));
        if (template == Template.PICKUP_HANDED_OVER) {
            fields.remove("codeIssue");
        }
        write("notification.events", id, trigger, NotificationRequested.class, fields);
        return id;
    }

    private static List<NotificationLine> lines(Map<String, Long> goods) {
        return goods.entrySet().stream()
                .map(each ->
                        new NotificationLine(Sums.sku(each.getKey()), null, each.getValue(), Sums.unit(each.getKey())))
                .toList();
    }

    /** The value of a field of an event; null if it has no such field. */
    static @Nullable Object said(LoggedEvent event, String name) {
        return event.field(name);
    }

    /** An online order of one SKU for pickup, from click to counter. */
    LoggedEvent clickAndCollect(String orderId, String customer, String location, String sku, long quantity) {
        var line = line("1", sku, quantity, 1_999);
        var group = fulfilment(orderId, 1, FulfilmentMethod.PICKUP, location, "1");
        var id = group.getFulfilmentId();
        var total = money(quantity * 1_999);
        var picked = List.of(pick("1", sku, quantity));
        var decideBy = now.plus(Duration.ofMinutes(30));
        var order = new HashMap<String, Object>(Map.of(
                "orderId",
                orderId,
                "customerId",
                customer,
                "channel",
                Channel.ONLINE,
                "acceptance",
                Acceptance.WHOLE,
                "lines",
                List.of(line),
                "fulfilments",
                List.of(group),
                "total",
                total,
                "paymentReference",
                "payment",
                "decideBy",
                decideBy));
        var pickup = new HashMap<String, Object>(Map.of(
                "fulfilmentId", id,
                "orderId", orderId,
                "locationId", location,
                "customerId", customer,
                "method", FulfilmentMethod.PICKUP,
                "channel", Channel.ONLINE,
                "lines", picked,
                "codeIssue", 1,
                "codeKeyId", "k1"));
        var stock = new HashMap<String, Object>(Map.of(
                "locationId",
                location,
                "reservationId",
                id,
                "orderId",
                orderId,
                "reserved",
                List.of(units(sku, quantity)),
                "expiresAt",
                decideBy.plus(Duration.ofMinutes(15)),
                "changes",
                List.of(change(location, sku, 0, quantity, 0, 0, 0))));
        var placed = write("order.events", orderId, null, OrderPlaced.class, order);
        var reserved = write("inventory.events", location, placed, StockReserved.class, stock);
        var confirmed = write("order.events", orderId, reserved, OrderConfirmed.class, order);
        stock.put("changes", List.of());
        write("inventory.events", location, confirmed, ReservationConfirmed.class, stock);
        mail(confirmed, Template.ORDER_CONFIRMED, orderId, null, customer);
        write("pickup.events", id, confirmed, PickupRequested.class, pickup);
        write("pickup.events", id, null, PickingStarted.class, pickup);
        pickup.put("stagingPlace", "A-12");
        pickup.put("pickupDeadline", now.plus(Duration.ofDays(3)));
        var ready = write("pickup.events", id, null, PickupReady.class, pickup);
        write("inventory.events", location, ready, ReservationPicked.class, stock);
        mail(ready, Template.PICKUP_READY, orderId, id, customer);
        var handedOverAt = now;
        pickup.putAll(Map.of("handedOverAt", handedOverAt, "handedOver", picked, "lastCodeIssue", 1));
        var handedOver = write("pickup.events", id, null, PickupHandedOver.class, pickup);
        stock.putAll(Map.of(
                "left", List.of(units(sku, quantity)),
                "movedAt", handedOverAt,
                "changes", List.of(change(location, sku, -quantity, -quantity, 0, 0, 0))));
        write("inventory.events", location, handedOver, StockCommitted.class, stock);
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
                        handedOverAt,
                        List.of(line),
                        "payment"),
                meta -> new OrderCompleted(
                        meta, orderId, customer, List.of(new LineQuantity("1", sku, quantity)), List.of()));
        pickup.putAll(Map.of(
                "returnableUntil", now.plus(Duration.ofDays(30)),
                "lines", List.of(new PurchasedLine(line, total)),
                "paymentReference", "payment"));
        return write("returns.events", orderId, reported, PurchaseRecorded.class, pickup);
    }
}
