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
import java.util.stream.Stream;
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
        return write(topic, key, cause, List.of(produced));
    }

    private LoggedEvent write(
            String topic, String key, @Nullable LoggedEvent cause, List<Function<EventMeta, SpecificRecord>> produced) {
        now = now.plusMillis(1);
        var command = new UUID(0x4d6f7274_61725000L, ++commands | (1L << 63));
        int partition = Utils.toPositive(Utils.murmur2(key.getBytes(StandardCharsets.UTF_8))) % partitions;
        var place = topic + '/' + partition;
        int first = events.size();
        for (int index = 0; index < produced.size(); index++) {
            var meta = new EventMeta(
                    eventId(command, index),
                    index,
                    produced.size(),
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
                    produced.get(index).apply(meta)));
        }
        // The marker that ends the transaction takes an offset, too.
        offsets.merge(place, 1L, Long::sum);
        return events.get(first);
    }

    /**
     * Writes the events of one command, which have the fields of these names. Others have their default, or are null.
     */
    @SafeVarargs
    private LoggedEvent write(
            String topic,
            String key,
            @Nullable LoggedEvent cause,
            Map<String, ? extends @Nullable Object> fields,
            Class<? extends SpecificRecord>... types) {
        Function<Class<?>, Function<EventMeta, SpecificRecord>> record = type -> meta -> {
            var schema = SpecificData.get().getSchema(type);
            var event = (SpecificRecord) SpecificData.newInstance(type, schema);
            for (var field : schema.getFields()) {
                var value = field.name().equals("meta") ? meta : fields.get(field.name());
                boolean isDefault = value == null && field.hasDefaultValue();
                event.put(field.pos(), isDefault ? SpecificData.get().getDefaultValue(field) : value);
            }
            return event;
        };
        return write(topic, key, cause, Stream.of(types).map(record).toList());
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
        var after = new Quantities();
        var before = book.put(location + '|' + Sums.goods(sku, unit), after);
        for (var field : by.getSchema().getFields()) {
            int at = field.pos();
            after.put(at, (Long) by.get(at) + (before == null ? 0 : (Long) before.get(at)));
        }
        return new StockChange(sku, unit, by, after);
    }

    static Money money(long amount) {
        return new Money(amount, "EUR");
    }

    static OrderLine line(String lineId, String sku, long quantity, long unitPrice) {
        var price = money(unitPrice);
        var none = money(0);
        List<String> no = List.of();
        return new OrderLine(lineId, sku, null, quantity, Unit.EACH, price, none, none, true, no, no, null);
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
        write("inventory.events", location, null, meta -> {
            var changes = List.of(change(location, sku, quantity, 0, 0, 0, 0));
            return new StockReceived(meta, location, "receipt-" + meta.getCommandId(), now, List.of(), changes);
        });
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
        write("notification.events", id, trigger, fields, NotificationRequested.class);
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
        // Services use the same names for the same facts. So one map serves the events of all of them.
        var facts = new HashMap<String, Object>();
        facts.put("orderId", orderId);
        facts.put("fulfilmentId", id);
        facts.put("customerId", customer);
        facts.put("channel", Channel.ONLINE);
        facts.put("acceptance", Acceptance.WHOLE);
        facts.put("method", FulfilmentMethod.PICKUP);
        facts.put("lines", List.of(line));
        facts.put("fulfilments", List.of(group));
        facts.put("total", total);
        facts.put("paymentReference", "payment");
        facts.put("decideBy", decideBy);
        var placed = write("order.events", orderId, null, facts, OrderPlaced.class);
        facts.put("locationId", location);
        facts.put("reserved", List.of(units(sku, quantity)));
        facts.put("expiresAt", decideBy.plus(Duration.ofMinutes(15)));
        facts.put("changes", List.of(change(location, sku, 0, quantity, 0, 0, 0)));
        var reserved = write("inventory.events", location, placed, facts, StockReserved.class);
        var confirmed = write("order.events", orderId, reserved, facts, OrderConfirmed.class);
        facts.put("changes", List.of());
        write("inventory.events", location, confirmed, facts, ReservationConfirmed.class);
        mail(confirmed, Template.ORDER_CONFIRMED, orderId, null, customer);
        facts.put("lines", picked);
        facts.put("codeIssue", 1);
        facts.put("codeKeyId", "k1");
        write("pickup.events", id, confirmed, facts, PickupRequested.class);
        write("pickup.events", id, null, facts, PickingStarted.class);
        facts.put("stagingPlace", "A-12");
        facts.put("pickupDeadline", now.plus(Duration.ofDays(3)));
        var ready = write("pickup.events", id, null, facts, PickupReady.class);
        write("inventory.events", location, ready, facts, ReservationPicked.class);
        mail(ready, Template.PICKUP_READY, orderId, id, customer);
        facts.put("handedOverAt", now);
        facts.put("movedAt", now);
        facts.put("handedOver", picked);
        facts.put("lastCodeIssue", 1);
        var handedOver = write("pickup.events", id, null, facts, PickupHandedOver.class);
        facts.put("handedOver", List.of(units(sku, quantity)));
        facts.put("changes", List.of(change(location, sku, -quantity, -quantity, 0, 0, 0)));
        write("inventory.events", location, handedOver, facts, StockCommitted.class);
        mail(handedOver, Template.PICKUP_HANDED_OVER, orderId, id, customer);
        facts.put("lines", List.of(line));
        facts.put("handedOver", List.of(new LineQuantity("1", sku, quantity)));
        var left = write("order.events", orderId, handedOver, facts, FulfilmentHandedOver.class, OrderCompleted.class);
        facts.put("returnableUntil", now.plus(Duration.ofDays(30)));
        facts.put("lines", List.of(new PurchasedLine(line, total)));
        return write("returns.events", orderId, left, facts, PurchaseRecorded.class);
    }
}
