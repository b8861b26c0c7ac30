package dev.mortar.inventory;

import static dev.mortar.eventsourcing.Grant.*;
import static dev.mortar.eventsourcing.http.Fields.QUANTITY_MAX;
import static dev.mortar.inventory.LineRequest.LINES_MAX;
import static dev.mortar.inventory.LineRequest.unit;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.mortar.eventsourcing.Access;
import dev.mortar.eventsourcing.Caller;
import dev.mortar.eventsourcing.CommandRequest;
import dev.mortar.eventsourcing.Owner;
import dev.mortar.eventsourcing.QueryRequest;
import dev.mortar.eventsourcing.http.BadRequest;
import dev.mortar.eventsourcing.http.Fields.Id;
import dev.mortar.eventsourcing.http.Fields.Time;
import dev.mortar.eventsourcing.kafka.Row;
import dev.mortar.eventsourcing.kafka.StateTables;
import dev.mortar.eventsourcing.kafka.Views;
import dev.mortar.inventory.InventoryCommand.BookTransferReceipt;
import dev.mortar.inventory.InventoryCommand.TransferStock;
import dev.mortar.inventory.StockEntry.Location;
import dev.mortar.inventory.StockEntry.Transfer;
import dev.mortar.inventory.StockSender.BookedResponse;
import dev.mortar.values.Unit;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.*;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.*;
import org.springframework.web.server.ResponseStatusException;

/** Sends goods to another location, and books them where they arrive. */
@RestController
@Tag(name = "transfers", description = "Goods that travel between locations")
@RequestMapping("/v1/locations/{locationId}/transfers")
class TransferController {

    private static final int PAGE_MAX = 1_000;

    private final StockSender stock;
    private final LocationViews locations;
    private final StateTables tables;
    private final Views views;

    TransferController(StockSender stock, LocationViews locations, StateTables tables, Views views) {
        this.stock = stock;
        this.locations = locations;
        this.tables = tables;
        this.views = views;
    }

    /** Goods to send; without {@code expectedBy} they should arrive within three days. */
    record TransferRequest(
            @Nullable @Id String transferId,
            @NotNull @Id String toLocationId,
            @Nullable @Time Instant expectedBy,
            @NotNull @Size(min = 1, max = LINES_MAX) List<@NotNull @Valid LineRequest> lines) {}

    /** Units of a SKU that arrived: fit for sale, damaged or both. Without a unit it is EACH. */
    record ArrivedLine(
            @NotNull @Id String sku,
            @Nullable @Min(0) @Max(QUANTITY_MAX) Long accepted,
            @Nullable @Min(0) @Max(QUANTITY_MAX) Long damaged,
            @Nullable Unit unit) {

        private boolean isNothing() {
            return units(accepted) + units(damaged) == 0;
        }

        private static long units(@Nullable Long units) {
            return units == null ? 0 : units;
        }
    }

    /**
     * A receipt of a transfer.
     *
     * @param fromLocationId the sender, because each sender numbers its own transfers
     * @param last whether nothing more comes
     */
    record TransferReceiptRequest(
            @Nullable @Id String receiptId,
            @NotNull @Id String fromLocationId,
            @NotNull @Size(max = LINES_MAX) List<@NotNull @Valid ArrivedLine> lines,
            @Nullable @JsonProperty("final") Boolean last) {

        private boolean isLast() {
            return Boolean.TRUE.equals(last);
        }

        void check() {
            if (lines.isEmpty() && !isLast()) {
                throw new BadRequest("lines", "must not be empty unless final is true");
            }
            for (int i = 0; i < lines.size(); i++) {
                if (lines.get(i).isNothing()) {
                    throw new BadRequest("lines[" + i + "].accepted", "or damaged must be greater than 0");
                }
            }
        }
    }

    /** The open transfers to a location; {@code next} is the path of the next page. */
    record TransfersResponse(
            String locationId,
            List<TransferResponse> transfers,
            @Nullable String next) {}

    /**
     * A transfer that has not ended.
     *
     * @param expectedBy absent if goods arrived before the news that they were sent
     * @param inTransit units that were sent and have not arrived
     */
    record TransferResponse(
            String transferId,
            String fromLocationId,
            @Nullable Instant expectedBy,
            @Nullable List<SkuQuantity> sent,
            List<SkuQuantity> arrived,
            List<SkuQuantity> inTransit) {

        private static TransferResponse of(Transfer transfer) {
            return new TransferResponse(
                    transfer.transferId(),
                    transfer.fromLocationId(),
                    transfer.expectedBy(),
                    transfer.sent(),
                    transfer.arrived(),
                    transfer.open());
        }
    }

    @Access({ASSOCIATE_STORE, BACK_OFFICE, SERVICE})
    @PostMapping
    @Operation(summary = "Send goods to another location, which books them when they arrive")
    ResponseEntity<BookedResponse> send(
            @PathVariable @Id String locationId, CommandRequest request, @Valid @RequestBody TransferRequest body) {
        if (tables.<Location>get(InventoryDefinition.LOCATIONS_TOPIC).get(body.toLocationId()) == null) {
            throw new BadRequest("toLocationId", "is not a registered location; register it first");
        }
        for (int i = 0; i < body.lines().size(); i++) {
            refuseOtherUnit(body.toLocationId(), body.lines().get(i), "lines[" + i + "].unit");
        }
        String id = body.transferId() == null ? request.derivedId("transfer") : body.transferId();
        Instant expectedBy = body.expectedBy();
        var command = new TransferStock(
                locationId,
                id,
                body.toLocationId(),
                request.occurredAt(),
                LineRequest.goods(body.lines()),
                expectedBy == null ? null : expectedBy.truncatedTo(ChronoUnit.MICROS));
        return stock.book(id, command, request);
    }

    /** The receiver may change its unit during the transfer. Then the goods get a position of their own. */
    private void refuseOtherUnit(String toLocationId, LineRequest line, String field) {
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

    @Access({ASSOCIATE_STORE, BACK_OFFICE, SERVICE})
    @PostMapping("/{transferId}/receipts")
    @Operation(
            summary = "Book goods of a transfer that arrived, or that came back to their sender",
            description = "A transfer may have several receipts; the one with final=true ends it, and the units that"
                    + " did not arrive are missing. Goods that come back end it too.")
    @ApiResponse(responseCode = "409", description = "The transfer has ended, or the receiptId has other content")
    ResponseEntity<BookedResponse> receive(
            @PathVariable @Id String locationId,
            @PathVariable @Id String transferId,
            CommandRequest request,
            @Valid @RequestBody TransferReceiptRequest body) {
        body.check();
        List<ArrivedLine> lines = body.lines();
        String id = body.receiptId() == null ? request.derivedId("receipt") : body.receiptId();
        var command = new BookTransferReceipt(
                locationId,
                transferId,
                body.fromLocationId(),
                id,
                request.occurredAt(),
                units(lines, line -> ArrivedLine.units(line.accepted())),
                units(lines, line -> ArrivedLine.units(line.damaged())),
                body.isLast());
        return stock.book(id, command, request);
    }

    private static List<SkuQuantity> units(List<ArrivedLine> lines, ToLongFunction<ArrivedLine> quantity) {
        return lines.stream()
                .map(line -> new SkuQuantity(line.sku(), quantity.applyAsLong(line), unit(line.unit())))
                .filter(line -> line.quantity() > 0)
                .toList();
    }

    @Access({ASSOCIATE_STORE, BACK_OFFICE, OPERATOR, SERVICE})
    @GetMapping
    @Operation(summary = "List the transfers to a location that have not ended, by sender")
    TransfersResponse transfers(
            @PathVariable @Id String locationId,
            @RequestParam(defaultValue = "") String from,
            @RequestParam(defaultValue = "100") @Min(1) @Max(PAGE_MAX) int limit,
            Caller caller,
            QueryRequest query) {
        locations.registered(locationId, query);
        if (!caller.sees(Owner.ofLocation(locationId))) {
            throw new ResponseStatusException(HttpStatus.NOT_FOUND, "Location " + locationId + " is not registered.");
        }
        List<Row<Transfer>> rows = views.list(InventoryDefinition.TRANSFERS, locationId, from, limit + 1);
        return new TransfersResponse(
                locationId,
                rows.stream()
                        .limit(limit)
                        .map(row -> TransferResponse.of(row.value()))
                        .toList(),
                LocationResponse.next(rows, limit, LocationResponse.path(locationId) + "/transfers", Row::name));
    }
}
