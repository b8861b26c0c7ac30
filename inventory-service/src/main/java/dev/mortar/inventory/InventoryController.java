package dev.mortar.inventory;

import static dev.mortar.eventsourcing.Grant.*;
import static dev.mortar.eventsourcing.http.Fields.QUANTITY_MAX;

import dev.mortar.eventsourcing.Access;
import dev.mortar.eventsourcing.AccessDenied;
import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.CommandRequest;
import dev.mortar.eventsourcing.Role;
import dev.mortar.eventsourcing.http.BadRequest;
import dev.mortar.eventsourcing.http.Fields.Id;
import dev.mortar.eventsourcing.http.Fields.Time;
import dev.mortar.eventsourcing.http.Keyless;
import dev.mortar.eventsourcing.http.Replies;
import dev.mortar.eventsourcing.kafka.CommandGateway;
import dev.mortar.eventsourcing.kafka.Reply;
import dev.mortar.eventsourcing.kafka.StateTables;
import dev.mortar.eventsourcing.kafka.Views;
import dev.mortar.inventory.InventoryCommand.*;
import dev.mortar.inventory.InventoryDefinition.Outcome;
import dev.mortar.inventory.InventoryEvent.AdjustmentReason;
import dev.mortar.inventory.StockEntry.Location;
import dev.mortar.values.Unit;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.*;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.*;

/**
 * Changes a location and its stock. A POST may name the id of its document (a delivery note, a count sheet). Each id
 * books once, for ever. Without an id, the controller derives one from the request's idempotency key.
 */
@RestController
@Tag(name = "locations", description = "Change a location and its stock")
@RequestMapping("/v1/locations/{locationId}")
class InventoryController {

    private static final int LINES_MAX = 1_000;
    private static final long HOLD_SECONDS_MAX = 3_600;
    private static final long HOLD_SECONDS = 900;

    /** The reasons that need no lead. */
    private static final Set<AdjustmentReason> ASSOCIATES_ADJUST =
            Set.of(AdjustmentReason.DAMAGED, AdjustmentReason.FOUND, AdjustmentReason.EXPIRED);

    private final CommandGateway<InventoryCommand> gateway;
    private final StateTables tables;
    private final Views views;

    InventoryController(CommandGateway<InventoryCommand> gateway, StateTables tables, Views views) {
        this.gateway = gateway;
        this.tables = tables;
        this.views = views;
    }

    /** A quantity of a SKU that moves. Without a unit it is EACH. */
    record Line(
            @NotNull @Id String sku,
            @NotNull @Min(1) @Max(QUANTITY_MAX) Long quantity,
            @Nullable Unit unit) {}

    /** A counted quantity or a safety stock of a SKU, 0 or more. */
    record Amount(
            @NotNull @Id String sku,
            @NotNull @Min(0) @Max(QUANTITY_MAX) Long quantity,
            @Nullable Unit unit) {}

    record ReceiptRequest(
            @Nullable @Id String receiptId,
            @NotNull @Size(min = 1, max = LINES_MAX) List<@NotNull @Valid Line> lines) {}

    /**
     * A correction of one SKU.
     *
     * @param quantity change of on hand
     * @param damaged change of damaged; if absent, minus {@code quantity} for reason DAMAGED and 0 for any other
     * @param toVendor change of the goods that wait to go back to their vendor; if absent, 0
     */
    record AdjustmentLine(
            @NotNull @Id String sku,
            @NotNull @Min(-QUANTITY_MAX) @Max(QUANTITY_MAX) Long quantity,
            @Nullable @Min(-QUANTITY_MAX) @Max(QUANTITY_MAX) Long damaged,
            @Nullable @Min(-QUANTITY_MAX) @Max(QUANTITY_MAX) Long toVendor,
            @Nullable Unit unit) {}

    /** An adjustment by an associate or a system. */
    record AdjustmentRequest(
            @Nullable @Id String adjustmentId,
            @NotNull AdjustmentReason reason,
            @NotNull @Size(min = 1, max = LINES_MAX) List<@NotNull @Valid AdjustmentLine> lines) {}

    /**
     * A count of some SKUs.
     *
     * @param countedAt when the goods were counted, at most 24 hours ago; the decider adds later movements
     */
    record CountRequest(
            @Nullable @Id String countId,
            @NotNull @Time Instant countedAt,
            @NotNull @Size(min = 1, max = LINES_MAX) List<@NotNull @Valid Amount> lines) {}

    /** The safety stock of some SKUs: units that online channels cannot buy. */
    record SafetyStockRequest(
            @NotNull @Size(min = 1, max = LINES_MAX) List<@NotNull @Valid Amount> lines) {}

    record SkuSafetyStockRequest(
            @NotNull @Min(0) @Max(QUANTITY_MAX) Long quantity,
            @Nullable Unit unit) {}

    record TransferRequest(
            @Nullable @Id String transferId,
            @NotNull @Id String toLocationId,
            @NotNull @Size(min = 1, max = LINES_MAX) List<@NotNull @Valid Line> lines) {}

    /** Units for a cart to hold; by default for 15 minutes and an online channel. */
    record HoldRequest(
            @NotNull @Size(min = 1, max = LINES_MAX) List<@NotNull @Valid Line> lines,
            @Nullable Channel channel,
            @Nullable @Min(1) @Max(HOLD_SECONDS_MAX) Long seconds) {}

    /** The booked id, and the stock of the document's SKUs after it. */
    record BookedResponse(String id, String locationId, List<StockLevelResponse> stock) {}

    /** A hold. {@code expiresAt} is absent when the request was repeated after the hold had ended. */
    record HoldResponse(
            String holdId, String locationId, @Nullable Instant expiresAt, List<StockLevelResponse> stock) {}

    @Access({BACK_OFFICE, SERVICE})
    @PutMapping
    @Operation(
            summary = "Register a location, or replace its data",
            description =
                    "Hours that close before they open end on the next day: 18:00 to 02:00. The exceptions of a date"
                            + " replace the hours of its weekday. A date without opens and closes is closed."
                            + " Overlapping hours are refused. Without openingHours the hours are unknown.")
    ResponseEntity<LocationResponse> register(
            @PathVariable @Id String locationId,
            @Keyless CommandRequest request,
            @Valid @RequestBody LocationRequest body) {
        var command = new RegisterLocation(body.location(locationId));
        Reply reply = gateway.send(command, request, LocationResponse.path(locationId));
        return Replies.ok(reply, LocationResponse.of(reply.as(Location.class)));
    }

    @Access({ASSOCIATE_STORE, BACK_OFFICE, SERVICE})
    @PostMapping("/receipts")
    @Operation(summary = "Book a receipt: goods that arrived")
    ResponseEntity<BookedResponse> receive(
            @PathVariable @Id String locationId, CommandRequest request, @Valid @RequestBody ReceiptRequest body) {
        String id = body.receiptId() == null ? request.derivedId("receipt") : body.receiptId();
        return book(id, new ReceiveStock(locationId, id, request.occurredAt(), lines(body.lines())), request);
    }

    @Access({ASSOCIATE_STORE, LEAD_STORE, BACK_OFFICE})
    @PostMapping("/adjustments")
    @Operation(summary = "Adjust stock, with a reason and an actor")
    ResponseEntity<BookedResponse> adjust(
            @PathVariable @Id String locationId, CommandRequest request, @Valid @RequestBody AdjustmentRequest body) {
        if (request.caller().role() == Role.ASSOCIATE && !ASSOCIATES_ADJUST.contains(body.reason())) {
            throw AccessDenied.role(Role.LEAD);
        }
        String id = body.adjustmentId() == null ? request.derivedId("adjustment") : body.adjustmentId();
        List<AdjustmentLine> lines = body.lines();
        List<Adjustment> adjustments = IntStream.range(0, lines.size())
                .mapToObj(i -> adjustment(body.reason(), lines.get(i), "lines[" + i + "]"))
                .toList();
        var command = new AdjustStock(locationId, id, body.reason(), request.occurredAt(), adjustments);
        return book(id, command, request);
    }

    private static Adjustment adjustment(AdjustmentReason reason, AdjustmentLine line, String field) {
        long quantity = line.quantity();
        long damaged = line.damaged() == null ? reason == AdjustmentReason.DAMAGED ? -quantity : 0 : line.damaged();
        String wrong = switch (reason) {
            case DAMAGED -> quantity >= 0 ? "must be below 0 for reason DAMAGED" : null;
            case LOST, THEFT, EXPIRED, SENT_TO_VENDOR ->
                quantity > 0 ? "must not be above 0 for reason " + reason : null;
            case FOUND -> quantity < 0 ? "must not be below 0 for reason FOUND" : null;
            case CORRECTION -> null;
            case SHORT_PICK ->
                throw new BadRequest("reason", "must not be SHORT_PICK; only pickup-service reports short picks");
        };
        if (wrong != null) {
            throw new BadRequest(field + ".quantity", wrong);
        }
        long toVendor = line.toVendor() == null ? 0 : line.toVendor();
        if (toVendor > 0 && reason == AdjustmentReason.SENT_TO_VENDOR) {
            throw new BadRequest(field + ".toVendor", "must not be above 0 for reason SENT_TO_VENDOR");
        }
        if (quantity == 0 && damaged == 0 && toVendor == 0) {
            throw new BadRequest(
                    field + ".quantity", "is 0, so the line changes nothing; set quantity, damaged or toVendor");
        }
        return new Adjustment(line.sku(), quantity, damaged, toVendor, unit(line.unit()));
    }

    @Access({ASSOCIATE_STORE, BACK_OFFICE, SERVICE})
    @PostMapping("/counts")
    @Operation(summary = "Book a count: on hand becomes the counted quantity plus later movements")
    ResponseEntity<BookedResponse> count(
            @PathVariable @Id String locationId, CommandRequest request, @Valid @RequestBody CountRequest body) {
        String id = body.countId() == null ? request.derivedId("count") : body.countId();
        var command =
                new CountStock(locationId, id, body.countedAt().truncatedTo(ChronoUnit.MICROS), amounts(body.lines()));
        return book(id, command, request);
    }

    @Access({LEAD_STORE, BACK_OFFICE, SERVICE})
    @PutMapping("/safety-stock")
    @Operation(summary = "Set the safety stock of some SKUs, which online channels cannot buy")
    ResponseEntity<BookedResponse> setSafetyStock(
            @PathVariable @Id String locationId,
            @Keyless CommandRequest request,
            @Valid @RequestBody SafetyStockRequest body) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < body.lines().size(); i++) {
            if (!seen.add(body.lines().get(i).sku())) {
                throw new BadRequest("lines[" + i + "].sku", "is listed twice");
            }
        }
        return book("safety-stock", new SetSafetyStock(locationId, amounts(body.lines())), request);
    }

    @Access({LEAD_STORE, BACK_OFFICE, SERVICE})
    @PutMapping("/safety-stock/{sku}")
    @Operation(summary = "Set the safety stock of one SKU, which online channels cannot buy")
    ResponseEntity<BookedResponse> setSafetyStockOfSku(
            @PathVariable @Id String locationId,
            @PathVariable @Id String sku,
            @Keyless CommandRequest request,
            @Valid @RequestBody SkuSafetyStockRequest body) {
        var line = new SkuQuantity(sku, body.quantity(), unit(body.unit()));
        return book("safety-stock", new SetSafetyStock(locationId, List.of(line)), request);
    }

    @Access({ASSOCIATE_STORE, BACK_OFFICE, SERVICE})
    @PostMapping("/transfers")
    @Operation(summary = "Send goods to another location; their arrival is booked automatically")
    ResponseEntity<BookedResponse> transfer(
            @PathVariable @Id String locationId, CommandRequest request, @Valid @RequestBody TransferRequest body) {
        if (tables.<Location>get(InventoryDefinition.LOCATIONS_TOPIC).get(body.toLocationId()) == null) {
            throw new BadRequest("toLocationId", "is not a registered location; register it first");
        }
        for (int i = 0; i < body.lines().size(); i++) {
            refuseOtherUnit(body.toLocationId(), body.lines().get(i), "lines[" + i + "].unit");
        }
        String id = body.transferId() == null ? request.derivedId("transfer") : body.transferId();
        var command = new TransferStock(locationId, id, body.toLocationId(), request.occurredAt(), lines(body.lines()));
        return book(id, command, request);
    }

    /** The receiver may change its unit during the transfer. Then the goods get a position of their own. */
    private void refuseOtherUnit(String toLocationId, Line line, String field) {
        Unit unit = unit(line.unit());
        views.get(InventoryDefinition.STOCK, toLocationId, line.sku())
                .map(row -> row.value().positions())
                .filter(positions -> !positions.keeps(unit))
                .ifPresent(positions -> {
                    String kept = " keeps SKU " + line.sku() + " in "
                            + positions.kept().unit();
                    throw new BadRequest(field, "is " + unit + "; location " + toLocationId + kept);
                });
    }

    @Access(
            value = {SHOPPER_OWN, ASSOCIATE_STORE, SERVICE_FOR},
            takesGoods = true)
    @PostMapping("/holds")
    @Operation(summary = "Hold units for a cart for a short time")
    ResponseEntity<HoldResponse> hold(
            @PathVariable @Id String locationId, CommandRequest request, @Valid @RequestBody HoldRequest body) {
        String holdId = request.derivedId("hold");
        var command = new HoldStock(
                locationId,
                holdId,
                shopper(request),
                body.channel() == null ? Channel.ONLINE : body.channel(),
                lines(body.lines()),
                body.seconds() == null ? HOLD_SECONDS : body.seconds());
        Reply reply = gateway.send(command, request, LocationResponse.path(locationId) + "/stock");
        Outcome outcome = reply.as(Outcome.class);
        return Replies.created(
                LocationResponse.path(locationId) + "/holds/" + holdId,
                reply,
                new HoldResponse(holdId, locationId, outcome.expiresAt(), levels(outcome)));
    }

    @Access({SHOPPER_OWN, ASSOCIATE_STORE, BACK_OFFICE, SERVICE_FOR})
    @DeleteMapping("/holds/{holdId}")
    @Operation(summary = "Release a hold; if it has already ended, nothing changes")
    ResponseEntity<Void> releaseHold(
            @PathVariable @Id String locationId, @PathVariable @Id String holdId, @Keyless CommandRequest request) {
        var command = new ReleaseHold(locationId, holdId, shopper(request));
        Reply reply = gateway.send(command, request, LocationResponse.path(locationId) + "/stock");
        return ResponseEntity.noContent().eTag(Long.toString(reply.sequence())).build();
    }

    /** The shopper who calls or for whom a service speaks; null if there is none. */
    private static @Nullable String shopper(CommandRequest request) {
        return request.actor().type() == Actor.Type.SHOPPER ? request.actor().id() : null;
    }

    private ResponseEntity<BookedResponse> book(String id, InventoryCommand command, CommandRequest request) {
        Reply reply = gateway.send(command, request, LocationResponse.path(command.locationId()) + "/stock");
        return Replies.ok(reply, new BookedResponse(id, command.locationId(), levels(reply.as(Outcome.class))));
    }

    private static List<StockLevelResponse> levels(Outcome outcome) {
        return outcome.stock().stream()
                .map(stock -> StockLevelResponse.of(stock, null))
                .toList();
    }

    private static List<SkuQuantity> lines(List<Line> lines) {
        return lines.stream()
                .map(line -> new SkuQuantity(line.sku(), line.quantity(), unit(line.unit())))
                .toList();
    }

    private static List<SkuQuantity> amounts(List<Amount> amounts) {
        return amounts.stream()
                .map(line -> new SkuQuantity(line.sku(), line.quantity(), unit(line.unit())))
                .toList();
    }

    private static Unit unit(@Nullable Unit unit) {
        return unit == null ? Unit.EACH : unit;
    }
}
