package dev.mortar.audit;

import dev.mortar.audit.LoggedEvent.Identity;
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
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * A log as the services would write it, without any of their code. This class numbers, places and links the events; the
 * caller decides which event happens.
 */
class SyntheticLog {
    /** The fields of a trigger that its mail repeats. */
    private static final List<String> MAILED = List.of(
            "customerId orderId fulfilmentId method locationId pickupDeadline codeIssue codeKeyId reason".split(" "));

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

    /** The fields of events, by name. Services use the same names for the same facts. */
    record Facts(Map<String, @Nullable Object> values) {
        static Facts of(String name, Object value) {
            return new Facts(Map.of(name, value));
        }

        Facts with(String name, @Nullable Object value) {
            var more = new HashMap<>(values);
            more.put(name, value);
            return new Facts(more);
        }

        /** An event of these facts, still without its meta. A field without a fact has its default, or is null. */
        SpecificRecord event(Class<? extends SpecificRecord> type) {
            var schema = SpecificData.get().getSchema(type);
            var event = (SpecificRecord) SpecificData.newInstance(type, schema);
            for (var field : schema.getFields()) {
                var value = values.get(field.name());
                boolean isDefault = value == null && field.hasDefaultValue();
                event.put(field.pos(), isDefault ? SpecificData.get().getDefaultValue(field) : value);
            }
            return event;
        }
    }

    /** Writes the events of one command with a meta, and gives the first. */
    LoggedEvent write(@Nullable LoggedEvent cause, SpecificRecord... produced) {
        now = now.plusMillis(1);
        var command = new UUID(0x4d6f7274_61725000L, ++commands | (1L << 63));
        int first = events.size();
        for (int index = 0; index < produced.length; index++) {
            var event = produced[index];
            var type = Objects.requireNonNull(EventType.of(event));
            var key = type.key(event);
            int partition = Utils.toPositive(Utils.murmur2(key.getBytes(StandardCharsets.UTF_8))) % partitions;
            var place = type.topic() + '/' + partition;
            var meta = new EventMeta(
                    Identity.derived(command, index),
                    index,
                    produced.length,
                    sequences.merge(type.topic() + '/' + key, 1L, Long::sum),
                    positions.merge(place, 1L, Long::sum),
                    now,
                    now,
                    command,
                    cause == null ? null : cause.meta().getEventId(),
                    null,
                    cause == null ? "correlation-" + commands : cause.meta().getCorrelationId(),
                    actor(cause, produced[0]));
            event.put(0, meta);
            // The marker that ends the transaction takes an offset, too.
            long taken = index + 1 == produced.length ? 2 : 1;
            var recordId = new RecordId(type.topic(), partition, offsets.merge(place, taken, Long::sum) - taken);
            events.add(new LoggedEvent(recordId, now, key, event));
        }
        return events.get(first);
    }

    /** A process if the event has a cause; otherwise its shopper, its till, or an associate of its store. */
    private static Actor actor(@Nullable LoggedEvent cause, SpecificRecord event) {
        var shopper = cause != null
                ? null
                : switch (event) {
                    case OrderPlaced e -> e.getChannel() == Channel.ONLINE ? e.getCustomerId() : null;
                    case OrderCancelled e -> e.getCustomerId();
                    case OrderCancellationRequested e -> "link:" + e.getOrderId();
                    case StockHeld e -> e.getHeldBy();
                    case StockHoldChanged e -> "customer-" + e.getHoldId();
                    case PickupCodeReissued e -> e.getCustomerId();
                    case PickupDeadlineExtended e -> e.getByShopper() ? e.getCustomerId() : null;
                    case CustomerOnTheWay e -> e.getCustomerId();
                    case CustomerArrived e -> e.getCustomerId();
                    default -> null;
                };
        if (shopper != null) {
            return new Actor(ActorType.SHOPPER, shopper, null, null);
        }
        if (event instanceof SaleRecorded sale) {
            return new Actor(ActorType.TILL, sale.getTillId(), sale.getLocationId(), null);
        }
        var location = event.getSchema().getField("locationId");
        return cause != null || location == null || event.get(location.pos()) == null
                ? new Actor(ActorType.SYSTEM, "mortar", null, null)
                : new Actor(ActorType.ASSOCIATE, "a7", (String) event.get(location.pos()), null);
    }

    /** Books a change of one SKU of a location. */
    StockChange change(String location, String sku, long onHand, long committed, long held, long safety, long damaged) {
        return change(location, sku, Unit.EACH, new Quantities(onHand, committed, held, safety, damaged, 0L, 0L));
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
        return new Fulfilment(
                orderId + '-' + number,
                method,
                location,
                List.of(lineIds),
                null,
                null,
                List.of(),
                null,
                null,
                false,
                null);
    }

    void receive(String location, String sku, long quantity) {
        var changes = List.of(change(location, sku, quantity, 0, 0, 0, 0));
        var facts = Facts.of("locationId", location).with("receiptId", "receipt " + commands);
        write(null, facts.with("movedAt", now).with("changes", changes).event(StockReceived.class));
    }

    /** A mail that is sent at once, if the trigger names a shopper. */
    void mail(LoggedEvent trigger, Template template) {
        if (trigger.field("customerId") instanceof String customer) {
            sendMail(requestMail(trigger, template), customer, 1);
        }
    }

    void sendMail(String id, String customer, int attempt) {
        var facts = Facts.of("notificationId", id).with("customerId", customer).with("attempt", attempt);
        write(null, facts.event(NotificationSending.class));
        write(null, facts.event(NotificationSent.class));
    }

    String requestMail(LoggedEvent trigger, Template template) {
        var triggerId = trigger.meta().getEventId();
        var content = NotificationStory.Content.of(trigger);
        var id = Identity.derived(triggerId, template.name().hashCode()).toString();
        var facts = Facts.of("notificationId", id)
                .with("triggerEventId", triggerId)
                .with("template", template)
                .with("lines", lines(content.goods()))
                .with("droppedLines", lines(content.dropped()))
                .with("amount", content.amount());
        for (var name : MAILED) {
            boolean isCodeUsed = template == Template.PICKUP_HANDED_OVER && name.equals("codeIssue");
            facts = facts.with(name, isCodeUsed ? null : trigger.field(name));
        }
        write(trigger, facts.event(NotificationRequested.class));
        return id;
    }

    private static List<NotificationLine> lines(Map<String, Long> goods) {
        return goods.entrySet().stream()
                .map(each ->
                        new NotificationLine(Sums.sku(each.getKey()), null, each.getValue(), Sums.unit(each.getKey())))
                .toList();
    }

    /** The times of a task that is requested now and was promised for no time. */
    Facts timed(Facts task) {
        var requestedAt = now.plusMillis(1);
        var pickBy = task.values.get("promisedAt") instanceof Instant promisedAt
                ? Collections.max(
                        List.of(promisedAt.minus(Duration.ofMinutes(15)), requestedAt.plus(Duration.ofMinutes(15))))
                : requestedAt.plus(Duration.ofHours(24));
        return task.with("pickBy", pickBy).with("endBy", pickBy.plus(Duration.ofDays(2)));
    }

    /** An online order of one SKU for pickup, from click to counter. */
    LoggedEvent clickAndCollect(String orderId, String customer, String location, String sku, long quantity) {
        var line = line("1", sku, quantity, 1_999);
        var group = fulfilment(orderId, 1, FulfilmentMethod.PICKUP, location, "1");
        var id = group.getFulfilmentId();
        var total = money(quantity * 1_999);
        var picks = List.of(pick("1", sku, quantity));
        var decideBy = now.plus(Duration.ofMinutes(30));
        var placed = Facts.of("orderId", orderId)
                .with("fulfilmentId", id)
                .with("customerId", customer)
                .with("channel", Channel.ONLINE)
                .with("method", FulfilmentMethod.PICKUP)
                .with("lines", List.of(line))
                .with("fulfilments", List.of(group))
                .with("total", total)
                .with("paymentReference", "payment")
                .with("decideBy", decideBy);
        var placing = write(null, placed.event(OrderPlaced.class));
        var ordered = placed.with("locationId", location);
        var claimed = ordered.with("reserved", List.of(units(sku, quantity)))
                .with("expiresAt", decideBy.plus(Duration.ofMinutes(15)))
                .with("changes", List.of(change(location, sku, 0, quantity, 0, 0, 0)));
        var reserved = write(placing, claimed.event(StockReserved.class));
        var confirmed = write(reserved, ordered.event(OrderConfirmed.class));
        write(confirmed, ordered.event(ReservationConfirmed.class));
        mail(confirmed, Template.ORDER_CONFIRMED);
        var picked = ordered.with("lines", picks).with("codeIssue", 1).with("codeKeyId", "k1");
        write(confirmed, timed(picked).event(PickupRequested.class));
        write(null, picked.event(PickingStarted.class));
        var staged = picked.with("stagingPlace", "A-12").with("pickupDeadline", now.plus(Duration.ofDays(3)));
        var ready = write(null, staged.event(PickupReady.class));
        write(ready, staged.event(ReservationPicked.class));
        mail(ready, Template.PICKUP_READY);
        var given = picked.with("handedOverAt", now).with("handedOver", picks).with("lastCodeIssue", 1);
        var handedOver = write(null, given.event(PickupHandedOver.class));
        var gone = ordered.with("handedOver", List.of(units(sku, quantity)))
                .with("movedAt", given.values.get("handedOverAt"))
                .with("changes", List.of(change(location, sku, -quantity, -quantity, 0, 0, 0)));
        write(handedOver, gone.event(StockCommitted.class));
        mail(handedOver, Template.PICKUP_HANDED_OVER);
        var left = ordered.with("handedOverAt", given.values.get("handedOverAt"))
                .with("handedOver", List.of(new LineQuantity("1", sku, quantity)));
        var reported = write(handedOver, left.event(FulfilmentHandedOver.class), left.event(OrderCompleted.class));
        var bought = left.with("lines", List.of(new PurchasedLine(line, total)))
                .with("returnableUntil", now.plus(Duration.ofDays(30)));
        return write(reported, bought.event(PurchaseRecorded.class));
    }
}
