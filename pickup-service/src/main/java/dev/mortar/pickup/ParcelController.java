package dev.mortar.pickup;

import static dev.mortar.eventsourcing.Grant.*;
import static dev.mortar.eventsourcing.http.Fields.QUANTITY_MAX;

import dev.mortar.eventsourcing.Access;
import dev.mortar.eventsourcing.CommandRequest;
import dev.mortar.eventsourcing.http.BadRequest;
import dev.mortar.eventsourcing.http.Fields.Id;
import dev.mortar.eventsourcing.http.Fields.Time;
import dev.mortar.eventsourcing.kafka.StateTables;
import dev.mortar.pickup.PickupCommand.*;
import dev.mortar.pickup.PickupEvent.DeliveryProof;
import dev.mortar.values.Disposition;
import dev.mortar.values.ReturnCondition;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.*;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.*;

/** The parcels of a delivery over HTTP: the store packs them, and the carrier tells how they fare. */
@RestController
@RequestMapping("/v1/pickups/{fulfilmentId}/parcels")
@Tag(name = "Pickups", description = "Picks, stages and hands over the reserved goods of an order.")
class ParcelController {

    private final PickupSender commands;
    private final StateTables tables;

    ParcelController(PickupSender commands, StateTables tables) {
        this.commands = commands;
        this.tables = tables;
    }

    @Access({ASSOCIATE_STORE, SERVICE})
    @PostMapping
    @Operation(
            summary = "Pack staged units of a delivery into a parcel",
            description =
                    "A pickup has at most 50 parcels. If a pickup has parcels, all its units must be in one before"
                            + " the courier takes them. A courier who takes goods that nobody packed takes one parcel.")
    @ApiResponse(responseCode = "200")
    @ApiResponse(
            responseCode = "409",
            description = "Not ready, no DELIVERY, more units than are left, or the parcel has other content")
    ResponseEntity<PickupBody> pack(
            @PathVariable @Id String fulfilmentId, CommandRequest request, @Valid @RequestBody PackRequest body) {
        String parcelId = body.parcelId() == null ? request.derivedId("parcel") : body.parcelId();
        return commands.send(
                new PackParcel(
                        fulfilmentId,
                        parcelId,
                        body.lines().stream().map(LineRequest::units).toList(),
                        body.carrierId(),
                        body.trackingReference()),
                request);
    }

    @Access({COURIER_OWN, SERVICE})
    @PostMapping("/{parcelId}/delivered")
    @Operation(
            summary = "Report that a parcel reached the shopper",
            description = "The first end of a parcel stands, and later news changes nothing. A parcel that was given up"
                    + " is found.")
    ResponseEntity<PickupBody> delivered(
            @PathVariable @Id String fulfilmentId,
            @PathVariable @Id String parcelId,
            CommandRequest request,
            @Valid @RequestBody DeliveredRequest body) {
        return commands.send(
                new DeliverParcel(fulfilmentId, parcelId, micros(body.deliveredAt()), body.proof()), request);
    }

    @Access({COURIER_OWN, SERVICE})
    @PostMapping("/{parcelId}/attempt-failed")
    @Operation(summary = "Report that a parcel could not be delivered; the courier keeps it")
    ResponseEntity<PickupBody> attemptFailed(
            @PathVariable @Id String fulfilmentId,
            @PathVariable @Id String parcelId,
            CommandRequest request,
            @Valid @RequestBody AttemptFailedRequest body) {
        return commands.send(
                new ReportFailedAttempt(fulfilmentId, parcelId, body.reasonCode(), micros(body.nextAttemptAt())),
                request);
    }

    @Access({ASSOCIATE_STORE, SERVICE})
    @PostMapping("/{parcelId}/returned")
    @Operation(
            summary = "Report that a parcel came back undelivered",
            description = "An associate acts in the store that the parcel left or in the one that it came back to.")
    @ApiResponse(responseCode = "200")
    @ApiResponse(responseCode = "409", description = "Not handed over, or more units than the parcel has")
    ResponseEntity<PickupBody> returned(
            @PathVariable @Id String fulfilmentId,
            @PathVariable @Id String parcelId,
            CommandRequest request,
            @Valid @RequestBody ReturnedRequest body) {
        if (tables.<OpeningHours>get(PickupDefinition.LOCATIONS).get(body.locationId()) == null) {
            throw new BadRequest("locationId", "is not a known location");
        }
        for (int i = 0; i < body.lines().size(); i++) {
            if (body.lines().get(i).disposition() == Disposition.UNKNOWN) {
                throw new BadRequest("lines[" + i + "].disposition", "must say where the goods go");
            }
        }
        return commands.send(
                new ReturnParcel(
                        fulfilmentId,
                        parcelId,
                        body.locationId(),
                        body.lines().stream().map(ReturnLineRequest::units).toList()),
                request);
    }

    @Access({COURIER_OWN, BACK_OFFICE, SERVICE})
    @PostMapping("/{parcelId}/lost")
    @Operation(summary = "Give a parcel up, because the carrier says that it is lost")
    ResponseEntity<PickupBody> lost(
            @PathVariable @Id String fulfilmentId, @PathVariable @Id String parcelId, CommandRequest request) {
        return commands.send(new LoseParcel(fulfilmentId, parcelId), request);
    }

    private static @Nullable Instant micros(@Nullable Instant time) {
        return time == null ? null : time.truncatedTo(ChronoUnit.MICROS);
    }

    record PackRequest(
            @Nullable @Id @Schema(description = "Unique in the fulfilment. Default: derived from the Idempotency-Key")
            String parcelId,

            @NotNull @Size(min = 1, max = LineRequest.MAX_LINES)
            List<@NotNull @Valid LineRequest> lines,

            @NotNull @Id @Schema(description = "Opaque id of the carrier")
            String carrierId,

            @Nullable @Id @Schema(description = "Opaque reference at the carrier")
            String trackingReference) {}

    record DeliveredRequest(
            @Nullable @Time @Schema(description = "When it was delivered, at most now. Default: now")
            Instant deliveredAt,

            @NotNull DeliveryProof proof) {}

    /** Why a courier could not deliver a parcel: a code of the carrier, never words about a person. */
    record AttemptFailedRequest(
            @NotNull
            @Pattern(regexp = "[A-Z][A-Z0-9_]{0,49}", message = "must be a code in capitals, such as NOBODY_HOME")
            String reasonCode,

            @Nullable @Time @Schema(description = "When the courier tries again; absent if that is not known")
            Instant nextAttemptAt) {}

    /** Where a parcel came back to, and the units in it. Others of the parcel are missing. */
    record ReturnedRequest(
            @NotNull @Id String locationId,

            @NotNull @Size(min = 1, max = LineRequest.MAX_LINES)
            List<@NotNull @Valid ReturnLineRequest> lines) {}

    /** Units of a line that came back. */
    record ReturnLineRequest(
            @NotNull @Id String lineId,
            @NotNull @Min(1) @Max(QUANTITY_MAX) Long quantity,
            @NotNull ReturnCondition condition,
            @NotNull Disposition disposition) {
        ReturnLine units() {
            return new ReturnLine(lineId, quantity, condition, disposition);
        }
    }
}
