package dev.mortar.pickup;

import static dev.mortar.eventsourcing.Grant.*;
import static dev.mortar.eventsourcing.http.Fields.QUANTITY_MAX;

import dev.mortar.eventsourcing.Access;
import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.Caller;
import dev.mortar.eventsourcing.CommandRequest;
import dev.mortar.eventsourcing.QueryRequest;
import dev.mortar.eventsourcing.SecurityLog;
import dev.mortar.eventsourcing.http.BadRequest;
import dev.mortar.eventsourcing.http.Fields.Id;
import dev.mortar.eventsourcing.http.Fields.PersonId;
import dev.mortar.eventsourcing.http.Fields.Time;
import dev.mortar.eventsourcing.http.Replies;
import dev.mortar.eventsourcing.kafka.CommandRejected;
import dev.mortar.eventsourcing.kafka.Reply;
import dev.mortar.eventsourcing.kafka.StateTables;
import dev.mortar.eventsourcing.kafka.Views;
import dev.mortar.eventsourcing.pickupcode.PickupCode;
import dev.mortar.pickup.PickupCommand.*;
import dev.mortar.pickup.PickupEvent.NotTakenReason;
import dev.mortar.pickup.PickupEvent.ShortReason;
import dev.mortar.pickup.Proof.NamedOverride;
import dev.mortar.values.EndReason;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.*;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import org.hibernate.validator.constraints.Range;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.*;

/**
 * Pickups over HTTP. {@link CodeCheck} compares pickup codes. No command, event, log line or response contains a code;
 * the shopper gets it from notification-service.
 */
@RestController
@Tag(name = "Pickups", description = "Picks, stages and hands over the reserved goods of an order.")
class PickupController {

    private static final long PICKUP_SECONDS_MAX = 30 * 24 * 3_600;
    private static final String PICKUP_SECONDS = "must be 1 to " + PICKUP_SECONDS_MAX + " seconds";

    /** Waits until the view shows the pickup, which may have been requested a moment ago. */
    private static final QueryRequest REQUESTED = new QueryRequest(1, Duration.ZERO);

    private final PickupSender commands;
    private final Views views;
    private final PickupCode codes;
    private final CodeCheck check;
    private final SecurityLog security;
    private final StateTables tables;
    private final Duration pickupTime;

    PickupController(
            PickupSender commands,
            Views views,
            PickupCode codes,
            CodeCheck check,
            SecurityLog security,
            StateTables tables,
            @Value("${mortar.pickup.deadline}") Duration pickupTime) {
        this.commands = commands;
        this.views = views;
        this.codes = codes;
        this.check = check;
        this.security = security;
        this.tables = tables;
        this.pickupTime = pickupTime;
        if (pickupTime.toSeconds() < 1 || pickupTime.compareTo(Duration.ofSeconds(PICKUP_SECONDS_MAX)) > 0) {
            throw new IllegalArgumentException("mortar.pickup.deadline " + PICKUP_SECONDS);
        }
    }

    @Access({SHOPPER_OWN, LINK_OWN, ASSOCIATE_STORE, COURIER_OWN, BACK_OFFICE, OPERATOR, SERVICE})
    @GetMapping("/v1/pickups/{fulfilmentId}")
    @Operation(summary = "Get a pickup")
    @ApiResponse(responseCode = "200")
    @ApiResponse(responseCode = "404", description = "No pickup was requested for the fulfilment")
    ResponseEntity<PickupBody> pickup(@PathVariable @Id String fulfilmentId, Caller caller, QueryRequest query) {
        return views.get(PickupDefinition.PICKUPS, fulfilmentId, "", query)
                .filter(row -> caller.sees(PickupDefinition.owner(row.value())))
                .map(row -> Replies.row(row, PickupBody.of(row.value())))
                .orElseThrow(() -> new CommandRejected(new PickupRejection.UnknownPickup(fulfilmentId)));
    }

    @Access({ASSOCIATE_STORE})
    @PostMapping("/v1/pickups/{fulfilmentId}/picking")
    @Operation(summary = "Start picking")
    ResponseEntity<PickupBody> startPicking(@PathVariable @Id String fulfilmentId, CommandRequest request) {
        return commands.send(new StartPicking(fulfilmentId), request);
    }

    @Access({ASSOCIATE_STORE})
    @PostMapping("/v1/pickups/{fulfilmentId}/short")
    @Operation(summary = "Report missing or damaged units of a line; if no unit remains, the pickup is cancelled")
    ResponseEntity<PickupBody> reportShort(
            @PathVariable @Id String fulfilmentId, CommandRequest request, @Valid @RequestBody ShortRequest body) {
        return commands.send(new ReportShort(fulfilmentId, body.lineId(), body.quantity(), body.reason()), request);
    }

    @Access({ASSOCIATE_STORE})
    @PostMapping("/v1/pickups/{fulfilmentId}/ready")
    @Operation(
            summary = "Mark the goods as staged; the shopper gets a notification with the pickup code",
            description = "If the location is closed at the pickup deadline, the deadline moves to the end of its next"
                    + " opening. A DELIVERY has no pickup deadline, so it ignores pickupWithinSeconds.")
    ResponseEntity<PickupBody> markReady(
            @PathVariable @Id String fulfilmentId, CommandRequest request, @Valid @RequestBody ReadyRequest body) {
        Duration within =
                body.pickupWithinSeconds() == null ? pickupTime : Duration.ofSeconds(body.pickupWithinSeconds());
        MarkReady asked = new MarkReady(fulfilmentId, body.stagingPlace(), within, codes.keyId(), null);
        return commands.send(
                new MarkReady(fulfilmentId, asked.stagingPlace(), within, asked.codeKeyId(), hours(fulfilmentId)),
                asked,
                request);
    }

    @Access({SHOPPER_OWN, LINK_OWN, ASSOCIATE_STORE, SERVICE_FOR})
    @PostMapping("/v1/pickups/{fulfilmentId}/on-the-way")
    @Operation(summary = "Report that the shopper is on the way")
    ResponseEntity<PickupBody> onTheWay(
            @PathVariable @Id String fulfilmentId, CommandRequest request, @Valid @RequestBody OnTheWayRequest body) {
        Instant expectedAt = body.expectedAt();
        return commands.send(
                new NoteOnTheWay(fulfilmentId, expectedAt == null ? null : expectedAt.truncatedTo(ChronoUnit.MICROS)),
                request);
    }

    @Access({SHOPPER_OWN, LINK_OWN, ASSOCIATE_STORE, SERVICE_FOR})
    @PostMapping("/v1/pickups/{fulfilmentId}/arrived")
    @Operation(
            summary = "Report that the shopper is at the location",
            description = "Takes only the bay. The vehicle is personal data: it belongs to the contact in"
                    + " notification-service, PUT /v1/customers/{customerId}/contact.")
    ResponseEntity<PickupBody> arrived(
            @PathVariable @Id String fulfilmentId, CommandRequest request, @Valid @RequestBody ArrivedRequest body) {
        return commands.send(new NoteArrival(fulfilmentId, body.bay()), request);
    }

    @Access({ASSOCIATE_STORE, LEAD_STORE})
    @PostMapping("/v1/pickups/{fulfilmentId}/handover")
    @Operation(
            summary = "Hand the goods over to the shopper or the courier",
            description = "Needs exactly one of code, courierId (DELIVERY only) and override. Five wrong codes lock"
                    + " the pickup until a new code is issued; an override works even then. An override needs a"
                    + " LEAD, who is responsible for it. Units not taken are cancelled and go back on the shelf. If the shopper refuses everything, send taken [] and a"
                    + " notTakenReason.")
    @ApiResponse(responseCode = "200")
    @ApiResponse(responseCode = "403", description = "Wrong pickup code; attemptsLeft is the number of attempts left")
    @ApiResponse(responseCode = "409", description = "Not ready, ended, locked, or more units than remain")
    @ApiResponse(responseCode = "429", description = "30 wrong codes in an hour at this store; an override works")
    ResponseEntity<PickupBody> handOver(
            @PathVariable @Id String fulfilmentId, CommandRequest request, @Valid @RequestBody HandoverRequest body) {
        if (body.override() != null) {
            request.caller().require(LEAD_STORE);
        }
        Proof proof = body.proof(fulfilmentId, request.actor(), check);
        HandOver handOver =
                new HandOver(fulfilmentId, proof, body.takenLines(), body.notTakenReason(), request.occurredAt());
        Reply reply = commands.reply(handOver, handOver, request);
        Pickup.Known after = reply.as(Pickup.Known.class);
        if (after instanceof Pickup.Ready ready) {
            if (proof instanceof Proof.Code) {
                check.countVoid(store(request.actor()));
            }
            security.denied(ready.locked() ? "pickup-code-locked" : "wrong-pickup-code");
            throw wrongCode(ready);
        }
        if (body.override() != null) {
            security.acted("PICKUP_OVERRIDE", body.override().reason().name());
        }
        return Replies.ok(reply, PickupBody.of(after));
    }

    @Access({SHOPPER_OWN, LINK_OWN, ASSOCIATE_STORE, SERVICE_FOR})
    @PostMapping("/v1/pickups/{fulfilmentId}/code")
    @Operation(summary = "Send the shopper a new pickup code; the earlier one becomes void and a lock ends")
    ResponseEntity<PickupBody> reissueCode(@PathVariable @Id String fulfilmentId, CommandRequest request) {
        return commands.send(new ReissueCode(fulfilmentId, codes.keyId()), request);
    }

    @Access({SHOPPER_OWN, LINK_OWN, ASSOCIATE_STORE, SERVICE_FOR})
    @PostMapping("/v1/pickups/{fulfilmentId}/extend")
    @Operation(
            summary = "Extend the pickup deadline",
            description = "The shopper can do it once, by at most 2 days; an associate until 30 days after the goods"
                    + " were ready. The reminder is due again before the new deadline.")
    @ApiResponse(responseCode = "200")
    @ApiResponse(responseCode = "409", description = "Not ready, ended, DELIVERY, or the shopper extended it before")
    @ApiResponse(responseCode = "422", description = "until is not later than now and the deadline, or too late")
    ResponseEntity<PickupBody> extend(
            @PathVariable @Id String fulfilmentId, CommandRequest request, @Valid @RequestBody ExtendRequest body) {
        boolean byShopper = request.actor().type() != Actor.Type.ASSOCIATE;
        return commands.send(
                new ExtendDeadline(fulfilmentId, body.until().truncatedTo(ChronoUnit.MICROS), byShopper), request);
    }

    @Access({ASSOCIATE_STORE})
    @PostMapping("/v1/pickups/{fulfilmentId}/cancel")
    @Operation(summary = "Cancel the pickup; the remaining goods go back on the shelf")
    ResponseEntity<PickupBody> cancel(
            @PathVariable @Id String fulfilmentId, CommandRequest request, @Valid @RequestBody CancelRequest body) {
        return commands.send(
                new CancelPickup(fulfilmentId, EndReason.valueOf(body.reason().name())), request);
    }

    /** The opening hours at the location of a pickup; null if they or the pickup are unknown. */
    private @Nullable OpeningHours hours(String fulfilmentId) {
        return views.get(PickupDefinition.PICKUPS, fulfilmentId, "", REQUESTED)
                .map(row -> tables.<OpeningHours>get(PickupDefinition.LOCATIONS)
                        .get(row.value().fulfilment().locationId()))
                .orElse(null);
    }

    private static ErrorResponseException wrongCode(Pickup.Ready ready) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(
                HttpStatus.FORBIDDEN,
                ready.locked()
                        ? "The pickup code is wrong and is now locked. Issue a new code or use an override."
                        : "The pickup code is wrong.");
        problem.setType(URI.create("urn:mortar:rejection:wrong-pickup-code"));
        problem.setTitle("Wrong pickup code");
        problem.setProperty("wrongAttempts", ready.wrongAttempts());
        problem.setProperty("attemptsLeft", PickupDecider.MAX_WRONG_ATTEMPTS - ready.wrongAttempts());
        problem.setProperty("locked", ready.locked());
        return new ErrorResponseException(HttpStatus.FORBIDDEN, problem, null);
    }

    /** Every grant of a handover is of a role that acts in a store. */
    private static String store(Actor actor) {
        return Objects.requireNonNull(actor.locationId());
    }

    /** Units of a line that are missing or cannot be sold. */
    record ShortRequest(
            @NotNull @Id String lineId,

            @NotNull @Min(1) @Max(QUANTITY_MAX) @Schema(description = "Missing units, in the unit of the line")
            Long quantity,

            @NotNull ShortReason reason) {}

    /** Where the goods are staged and how long they wait. */
    record ReadyRequest(
            @Nullable
            @Schema(description = "Code of the staging place")
            @Pattern(
                    regexp = "[\\p{L}\\p{N}][\\p{L}\\p{N} ._/-]{0,29}",
                    message = "must be a code of at most 30 letters, digits and . _ / -")
            String stagingPlace,

            @Nullable
            @Range(min = 1, max = PICKUP_SECONDS_MAX, message = PICKUP_SECONDS)
            @Schema(
                    description =
                            "Seconds from now to the pickup deadline, before it moves to opening hours. Default: 3"
                                    + " days, unless configured otherwise")
            Long pickupWithinSeconds) {}

    record OnTheWayRequest(
            @Nullable @Time @Schema(description = "When the shopper expects to arrive")
            Instant expectedAt) {}

    record ArrivedRequest(
            @Nullable
            @Schema(description = "Code of the parking bay; absent at the counter")
            @Pattern(
                    regexp = "[\\p{L}\\p{N}][\\p{L}\\p{N}-]{0,9}",
                    message = "must be a code of at most 10 letters, digits and hyphens")
            String bay) {}

    /** The proof and the units taken. */
    record HandoverRequest(
            @Nullable @Size(max = 300) @Schema(description = "Pickup code as typed, or the payload of its QR code")
            String code,

            @Nullable @PersonId @Schema(description = "Opaque id of the courier; DELIVERY only")
            String courierId,

            @Nullable @Valid OverrideRequest override,

            @Nullable
            @Size(max = LineRequest.MAX_LINES)
            @Schema(description = "Units taken; absent if all are taken, empty if none are")
            List<@NotNull @Valid LineRequest> taken,

            @Nullable @Schema(description = "Why units are not taken; required if none are")
            NotTakenReason notTakenReason) {

        /** The units taken; null if all are. */
        @Nullable
        List<LineQuantity> takenLines() {
            if (taken == null && notTakenReason != null) {
                throw new BadRequest("notTakenReason", "needs the field taken with the units that are taken");
            }
            if (taken != null && taken.isEmpty() && notTakenReason == null) {
                throw new BadRequest("notTakenReason", "is required if no units are taken");
            }
            if (taken != null && taken.isEmpty() && courierId != null) {
                throw new BadRequest("taken", "must not be empty when a courier takes the goods");
            }
            return taken == null ? null : taken.stream().map(LineRequest::units).toList();
        }

        /** The proof that the goods go to the right person. */
        Proof proof(String fulfilmentId, Actor actor, CodeCheck check) {
            int proofs = (code == null ? 0 : 1) + (courierId == null ? 0 : 1) + (override == null ? 0 : 1);
            if (proofs != 1) {
                throw new BadRequest("code", "is required unless courierId or override is given; give exactly one");
            }
            if (override != null) {
                return override.by(actor);
            }
            if (courierId != null) {
                return new Proof.Courier(courierId);
            }
            // Text that cannot be a code of this pickup is a typing mistake, not a wrong attempt.
            String read = code == null ? null : PickupCode.read(fulfilmentId, code);
            if (read == null) {
                throw new BadRequest("code", "is not a pickup code or QR payload of this pickup");
            }
            return check.compare(fulfilmentId, read, store(actor));
        }

        /** Leaves the code out, so that no log line contains it. */
        @Override
        public String toString() {
            return "HandoverRequest[taken=" + taken + ", notTakenReason=" + notTakenReason + "]";
        }
    }

    /** Why the associate hands over without a code. */
    record OverrideRequest(@NotNull NamedOverride.Reason reason) {
        NamedOverride by(Actor actor) {
            return new NamedOverride(actor.id(), reason);
        }
    }

    record ExtendRequest(
            @NotNull @Time @Schema(description = "The new pickup deadline")
            Instant until) {}

    /** Why a store cancels a pickup. Units that it cannot find are reported short instead. */
    enum CancelReason {
        CANCELLED_BY_SHOPPER,
        CANCELLED_BY_RETAILER,
        STOCK_SHORTFALL,
        SOLD_AT_TILL
    }

    record CancelRequest(@NotNull CancelReason reason) {}
}
