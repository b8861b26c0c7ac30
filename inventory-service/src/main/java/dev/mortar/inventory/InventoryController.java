package dev.mortar.inventory;

import static dev.mortar.eventsourcing.Grant.*;
import static dev.mortar.eventsourcing.http.Fields.QUANTITY_MAX;
import static dev.mortar.inventory.LineRequest.LINES_MAX;

import dev.mortar.eventsourcing.Access;
import dev.mortar.eventsourcing.AccessDenied;
import dev.mortar.eventsourcing.CommandRequest;
import dev.mortar.eventsourcing.Role;
import dev.mortar.eventsourcing.http.BadRequest;
import dev.mortar.eventsourcing.http.Fields.Id;
import dev.mortar.eventsourcing.http.Fields.Time;
import dev.mortar.eventsourcing.http.Keyless;
import dev.mortar.eventsourcing.http.Replies;
import dev.mortar.eventsourcing.kafka.Reply;
import dev.mortar.inventory.InventoryCommand.*;
import dev.mortar.inventory.InventoryEvent.AdjustmentReason;
import dev.mortar.inventory.StockEntry.Location;
import dev.mortar.inventory.StockSender.BookedResponse;
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
 * Changes a location and its stock; {@link TransferController} and {@link HoldController} do the rest. A POST may name
 * the id of its document (a delivery note, a count sheet). Each id books once, for ever. Without an id, the controller
 * derives one from the request's idempotency key.
 */
@RestController
@Tag(name = "locations", description = "Change a location and its stock")
@RequestMapping("/v1/locations/{locationId}")
class InventoryController {

    /** The reasons that need no lead. */
    private static final Set<AdjustmentReason> ASSOCIATES_ADJUST =
            Set.of(AdjustmentReason.DAMAGED, AdjustmentReason.FOUND, AdjustmentReason.EXPIRED);

    private final StockSender stock;

    InventoryController(StockSender stock) {
        this.stock = stock;
    }

    /** A counted quantity or a safety stock of a SKU, 0 or more. */
    record Amount(
            @NotNull @Id String sku,
            @NotNull @Min(0) @Max(QUANTITY_MAX) Long quantity,
            @Nullable Unit unit) {}

    record ReceiptRequest(
            @Nullable @Id String receiptId,
            @NotNull @Size(min = 1, max = LINES_MAX) List<@NotNull @Valid LineRequest> lines) {}

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
        Reply reply = stock.send(command, request, "");
        return Replies.ok(reply, LocationResponse.of(reply.as(Location.class)));
    }

    @Access({ASSOCIATE_STORE, BACK_OFFICE, SERVICE})
    @PostMapping("/receipts")
    @Operation(summary = "Book a receipt: goods that arrived")
    ResponseEntity<BookedResponse> receive(
            @PathVariable @Id String locationId, CommandRequest request, @Valid @RequestBody ReceiptRequest body) {
        String id = body.receiptId() == null ? request.derivedId("receipt") : body.receiptId();
        return stock.book(
                id, new ReceiveStock(locationId, id, request.occurredAt(), LineRequest.goods(body.lines())), request);
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
        return stock.book(id, command, request);
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
        return new Adjustment(line.sku(), quantity, damaged, toVendor, LineRequest.unit(line.unit()));
    }

    @Access({ASSOCIATE_STORE, BACK_OFFICE, SERVICE})
    @PostMapping("/counts")
    @Operation(summary = "Book a count: on hand becomes the counted quantity plus later movements")
    ResponseEntity<BookedResponse> count(
            @PathVariable @Id String locationId, CommandRequest request, @Valid @RequestBody CountRequest body) {
        String id = body.countId() == null ? request.derivedId("count") : body.countId();
        var command =
                new CountStock(locationId, id, body.countedAt().truncatedTo(ChronoUnit.MICROS), amounts(body.lines()));
        return stock.book(id, command, request);
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
        return stock.book("safety-stock", new SetSafetyStock(locationId, amounts(body.lines())), request);
    }

    @Access({LEAD_STORE, BACK_OFFICE, SERVICE})
    @PutMapping("/safety-stock/{sku}")
    @Operation(summary = "Set the safety stock of one SKU, which online channels cannot buy")
    ResponseEntity<BookedResponse> setSafetyStockOfSku(
            @PathVariable @Id String locationId,
            @PathVariable @Id String sku,
            @Keyless CommandRequest request,
            @Valid @RequestBody SkuSafetyStockRequest body) {
        var line = new SkuQuantity(sku, body.quantity(), LineRequest.unit(body.unit()));
        return stock.book("safety-stock", new SetSafetyStock(locationId, List.of(line)), request);
    }

    private static List<SkuQuantity> amounts(List<Amount> amounts) {
        return amounts.stream()
                .map(line -> new SkuQuantity(line.sku(), line.quantity(), LineRequest.unit(line.unit())))
                .toList();
    }
}
