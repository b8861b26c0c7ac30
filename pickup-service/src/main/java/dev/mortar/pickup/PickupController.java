package dev.mortar.pickup;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.http.BadRequest;
import dev.mortar.eventsourcing.http.CommandRequest;
import dev.mortar.eventsourcing.http.Fields;
import dev.mortar.eventsourcing.http.Fields.Id;
import dev.mortar.eventsourcing.http.QueryRequest;
import dev.mortar.eventsourcing.http.Replies;
import dev.mortar.eventsourcing.kafka.CommandGateway;
import dev.mortar.eventsourcing.kafka.Reply;
import dev.mortar.eventsourcing.kafka.Row;
import dev.mortar.eventsourcing.kafka.StateTables;
import dev.mortar.eventsourcing.kafka.Views;
import dev.mortar.eventsourcing.pickupcode.PickupCode;
import dev.mortar.pickup.PickupCommand.CancelPickup;
import dev.mortar.pickup.PickupCommand.HandOver;
import dev.mortar.pickup.PickupCommand.MarkReady;
import dev.mortar.pickup.PickupCommand.NoteArrival;
import dev.mortar.pickup.PickupCommand.NoteOnTheWay;
import dev.mortar.pickup.PickupCommand.ReissueCode;
import dev.mortar.pickup.PickupCommand.ReportShort;
import dev.mortar.pickup.PickupCommand.StartPicking;
import dev.mortar.pickup.PickupEvent.EndReason;
import dev.mortar.pickup.PickupEvent.NotTakenReason;
import dev.mortar.pickup.PickupEvent.ShortReason;
import dev.mortar.pickup.Proof.NamedOverride;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/**
 * Pickups over HTTP. A pickup code is compared here, in constant time; it goes into no command, event or log line, and
 * is never given out: the shopper has it from notification-service.
 */
@RestController
@Tag(name = "Pickups", description = "Picking, staging and handing over what an order reserved")
class PickupController {

    private static final Duration MIN_PICKUP_TIME = Duration.ofSeconds(1);
    private static final Duration MAX_PICKUP_TIME = Duration.ofDays(30);
    private static final int MAX_LINES = 1_000;
    private static final int MAX_PAGE = 200;
    private static final int ROWS_PER_READ = 1_000;
    private static final int MAX_QUEUE = 50_000;
    private static final int MAX_SHOWN_CHARACTERS = 300;

    /** Waits for the row of a pickup that was requested a moment ago. */
    private static final QueryRequest REQUESTED = new QueryRequest(1, Duration.ZERO);

    private static final Pattern BAY = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N}-]{0,9}");
    private static final Pattern STAGING_PLACE = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N} ._/-]{0,29}");

    private final CommandGateway<PickupCommand> commands;
    private final Views views;
    private final PickupCode codes;
    private final StateTables tables;
    private final JsonMapper json;
    private final Duration pickupTime;

    PickupController(
            CommandGateway<PickupCommand> commands,
            Views views,
            PickupCode codes,
            StateTables tables,
            JsonMapper json,
            @Value("${mortar.pickup.deadline}") Duration pickupTime) {
        this.commands = commands;
        this.views = views;
        this.codes = codes;
        this.tables = tables;
        this.json = json;
        this.pickupTime = checked("mortar.pickup.deadline", pickupTime);
    }

    @GetMapping("/v1/pickups/{fulfilmentId}")
    @Operation(summary = "A pickup as it stands")
    @ApiResponse(responseCode = "200")
    @ApiResponse(responseCode = "404", description = "No pickup was requested for the fulfilment")
    ResponseEntity<PickupBody> pickup(@PathVariable @Id String fulfilmentId, QueryRequest query) {
        return views.get(PickupDefinition.PICKUPS, fulfilmentId, "", query)
                .flatMap(row -> row.value() instanceof Pickup.Known known
                        ? Optional.of(Replies.row(row, PickupBody.of(known)))
                        : Optional.empty())
                .orElseThrow(() -> notFound(fulfilmentId));
    }

    @GetMapping("/v1/locations/{locationId}/pickups")
    @Operation(summary = "The queue of a location: its open pickups by promised time, then age")
    QueueBody queue(
            @PathVariable @Id String locationId,
            @RequestParam(required = false) Pickup.@Nullable State state,
            @RequestParam(defaultValue = "50") @Min(1) @Max(MAX_PAGE) int limit,
            @RequestParam(required = false) @Nullable String cursor) {
        Place after = cursor == null ? null : Place.read(cursor);
        List<Pickup.Open> page = new ArrayList<>(queue(locationId).stream()
                .filter(pickup -> state == null || pickup.state() == state)
                .filter(pickup -> after == null || Place.of(pickup).compareTo(after) > 0)
                .sorted(Comparator.comparing(Place::of))
                .limit(limit + 1L)
                .toList());
        boolean more = page.size() > limit;
        if (more) {
            page.removeLast();
        }
        return new QueueBody(
                page.stream().map(PickupBody::of).toList(),
                more ? Place.of(page.getLast()).cursor() : null);
    }

    @PostMapping("/v1/pickups/{fulfilmentId}/picking")
    @Operation(summary = "An associate begins to pick")
    ResponseEntity<PickupBody> startPicking(@PathVariable @Id String fulfilmentId, CommandRequest request) {
        return send(new StartPicking(fulfilmentId), request);
    }

    @PostMapping("/v1/pickups/{fulfilmentId}/short")
    @Operation(summary = "Units of a line cannot be found or sold; when nothing is left, the pickup is cancelled")
    ResponseEntity<PickupBody> reportShort(
            @PathVariable @Id String fulfilmentId, @RequestBody ShortRequest body, CommandRequest request) {
        return send(new ReportShort(fulfilmentId, body.lineId(), body.quantity(), body.reason()), request);
    }

    @PostMapping("/v1/pickups/{fulfilmentId}/ready")
    @Operation(
            summary = "The goods lie staged; the shopper is told, with the pickup code",
            description = "When the location is closed at the pickup deadline, the deadline moves on to the end of its"
                    + " next opening. Goods for a courier have no pickup deadline: pickupWithinSeconds means nothing"
                    + " for them.")
    ResponseEntity<PickupBody> markReady(
            @PathVariable @Id String fulfilmentId, @RequestBody ReadyRequest body, CommandRequest request) {
        Duration within =
                body.pickupWithinSeconds() == null ? pickupTime : Duration.ofSeconds(body.pickupWithinSeconds());
        MarkReady asked = new MarkReady(fulfilmentId, body.stagingPlace(), within, codes.keyId(), null);
        MarkReady command =
                new MarkReady(fulfilmentId, asked.stagingPlace(), within, asked.codeKeyId(), hours(fulfilmentId));
        Reply reply = commands.send(command, asked, request, path(fulfilmentId));
        return Replies.ok(reply, PickupBody.of(reply.as(Pickup.Known.class)));
    }

    @PostMapping("/v1/pickups/{fulfilmentId}/on-the-way")
    @Operation(summary = "The shopper sets out")
    ResponseEntity<PickupBody> onTheWay(
            @PathVariable @Id String fulfilmentId, @RequestBody OnTheWayRequest body, CommandRequest request) {
        return send(new NoteOnTheWay(fulfilmentId, body.expectedAt()), request);
    }

    @PostMapping("/v1/pickups/{fulfilmentId}/arrived")
    @Operation(
            summary = "The shopper is at the location",
            description = "Takes the bay and nothing about the vehicle, which is personal: the shopper's vehicle is"
                    + " part of the contact that notification-service keeps, PUT /v1/customers/{customerId}/contact.")
    ResponseEntity<PickupBody> arrived(
            @PathVariable @Id String fulfilmentId, @RequestBody ArrivedRequest body, CommandRequest request) {
        return send(new NoteArrival(fulfilmentId, body.bay()), request);
    }

    @PostMapping("/v1/pickups/{fulfilmentId}/handover")
    @Operation(
            summary = "The goods are given to the shopper or the courier",
            description = "Needs exactly one of code, courierId (DELIVERY only) and override. Five wrong codes lock"
                    + " the pickup until a code is reissued; an override passes all the same. An override is by the"
                    + " associate who asks, Mortar-Actor: ASSOCIATE id [locationId]. What is not taken is cancelled"
                    + " and goes back on the shelf: with taken [] and a notTakenReason the shopper refuses"
                    + " everything.")
    @ApiResponse(responseCode = "200")
    @ApiResponse(responseCode = "403", description = "Wrong pickup code; attemptsLeft tells how many more are judged")
    @ApiResponse(responseCode = "409", description = "Not ready, over, locked, or more than is left")
    ResponseEntity<PickupBody> handOver(
            @PathVariable @Id String fulfilmentId, @RequestBody HandoverRequest body, CommandRequest request) {
        Reply reply = commands.send(
                new HandOver(
                        fulfilmentId,
                        proof(fulfilmentId, body, request.actor()),
                        body.taken(),
                        body.notTakenReason(),
                        request.occurredAt()),
                request,
                path(fulfilmentId));
        Pickup.Known after = reply.as(Pickup.Known.class);
        if (after instanceof Pickup.Ready ready) {
            throw wrongCode(ready);
        }
        return Replies.ok(reply, PickupBody.of(after));
    }

    @PostMapping("/v1/pickups/{fulfilmentId}/code")
    @Operation(summary = "The shopper is sent a new pickup code; the earlier one is void, a lock is lifted")
    ResponseEntity<PickupBody> reissueCode(@PathVariable @Id String fulfilmentId, CommandRequest request) {
        return send(new ReissueCode(fulfilmentId, codes.keyId()), request);
    }

    @PostMapping("/v1/pickups/{fulfilmentId}/cancel")
    @Operation(summary = "The store ends the pickup; what is left goes back on the shelf")
    ResponseEntity<PickupBody> cancel(
            @PathVariable @Id String fulfilmentId, @RequestBody CancelRequest body, CommandRequest request) {
        return send(new CancelPickup(fulfilmentId, body.reason()), request);
    }

    private ResponseEntity<PickupBody> send(PickupCommand command, CommandRequest request) {
        Reply reply = commands.send(command, request, path(command.fulfilmentId()));
        return Replies.ok(reply, PickupBody.of(reply.as(Pickup.Known.class)));
    }

    /** When the location of a pickup is open; null when that is not known, or the pickup is not. */
    private @Nullable OpeningHours hours(String fulfilmentId) {
        String locationId = locationId(fulfilmentId);
        return locationId == null
                ? null
                : tables.<OpeningHours>get(PickupDefinition.LOCATIONS).get(locationId);
    }

    private @Nullable String locationId(String fulfilmentId) {
        return views.get(PickupDefinition.PICKUPS, fulfilmentId, "", REQUESTED)
                .map(row -> row.value() instanceof Pickup.Known known
                        ? known.goods().fulfilment().locationId()
                        : null)
                .orElse(null);
    }

    private Proof proof(String fulfilmentId, HandoverRequest body, Actor actor) {
        if (body.override() != null) {
            return body.override().by(actor);
        }
        if (body.courierId() != null) {
            return new Proof.Courier(body.courierId());
        }
        // What cannot be a code of this pickup is a slip of the hand, not an attempt.
        String code = body.code() == null ? null : PickupCode.read(fulfilmentId, body.code());
        if (code == null) {
            throw new BadRequest("code", "is not a pickup code or QR payload of this pickup");
        }
        PickupCode.Issue issue = codes.match(fulfilmentId, code);
        return issue == null ? new Proof.WrongCode() : new Proof.Code(issue.keyId(), issue.number());
    }

    private static ErrorResponseException wrongCode(Pickup.Ready ready) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(
                HttpStatus.FORBIDDEN,
                ready.locked() ? "the pickup code is wrong, and locked from now on" : "the pickup code is wrong");
        problem.setType(URI.create("urn:mortar:rejection:wrong-pickup-code"));
        problem.setTitle("Wrong pickup code");
        problem.setProperty("wrongAttempts", ready.wrongAttempts());
        problem.setProperty("attemptsLeft", PickupDecider.MAX_WRONG_ATTEMPTS - ready.wrongAttempts());
        problem.setProperty("locked", ready.locked());
        return new ErrorResponseException(HttpStatus.FORBIDDEN, problem, null);
    }

    private static ErrorResponseException notFound(String fulfilmentId) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(
                HttpStatus.NOT_FOUND, new PickupRejection.UnknownPickup(fulfilmentId).message());
        problem.setType(URI.create("urn:mortar:rejection:unknown-pickup"));
        problem.setTitle("Unknown pickup");
        problem.setProperty("fulfilmentId", fulfilmentId);
        return new ErrorResponseException(HttpStatus.NOT_FOUND, problem, null);
    }

    /** The open pickups of a location: what is on its shelves, so it fits into memory. */
    private List<Pickup.Open> queue(String locationId) {
        List<Pickup.Open> queue = new ArrayList<>();
        String from = "";
        while (queue.size() < MAX_QUEUE) {
            List<Row<Pickup>> rows = views.list(PickupDefinition.QUEUES, locationId, from, ROWS_PER_READ);
            for (Row<Pickup> row : rows) {
                if (row.value() instanceof Pickup.Open open) {
                    queue.add(open);
                }
            }
            if (rows.size() < ROWS_PER_READ) {
                break;
            }
            // The first name after the last one that was read.
            from = rows.getLast().name() + "\0";
        }
        return queue;
    }

    private static String path(String fulfilmentId) {
        return "/v1/pickups/" + fulfilmentId;
    }

    private static Duration checked(String field, Duration within) {
        if (within.compareTo(MIN_PICKUP_TIME) < 0 || within.compareTo(MAX_PICKUP_TIME) > 0) {
            throw new BadRequest(
                    field,
                    "must be " + MIN_PICKUP_TIME.toSeconds() + " to " + MAX_PICKUP_TIME.toSeconds() + " seconds");
        }
        return within;
    }

    /** Units of a line that cannot be found or sold. */
    record ShortRequest(
            String lineId,

            @Schema(description = "Missing units, in the unit of the line")
            long quantity,

            ShortReason reason) {
        ShortRequest {
            Fields.id("lineId", lineId);
            Fields.quantity("quantity", quantity);
            Fields.required("reason", reason);
        }
    }

    /** Where the goods lie, and how long they wait. */
    record ReadyRequest(
            @Nullable @Schema(description = "Code of the staging place")
            String stagingPlace,

            @Nullable
            @Schema(
                    description =
                            "Seconds to fetch the goods, from now and on to when the location is open; 3 days unless"
                                    + " configured otherwise")
            Long pickupWithinSeconds) {
        ReadyRequest {
            if (stagingPlace != null && !STAGING_PLACE.matcher(stagingPlace).matches()) {
                throw new BadRequest("stagingPlace", "must be a code of at most 30 letters, digits and . _ / -");
            }
            if (pickupWithinSeconds != null) {
                checked("pickupWithinSeconds", Duration.ofSeconds(pickupWithinSeconds));
            }
        }
    }

    /** The shopper's way. */
    record OnTheWayRequest(
            @Nullable @Schema(description = "When the shopper expects to arrive")
            Instant expectedAt) {
        OnTheWayRequest {
            expectedAt = Fields.optionalTime("expectedAt", expectedAt);
        }
    }

    /** Where the shopper is. */
    record ArrivedRequest(
            @Nullable @Schema(description = "Code of the parking bay; absent at the counter")
            String bay) {
        ArrivedRequest {
            if (bay != null && !BAY.matcher(bay).matches()) {
                throw new BadRequest("bay", "must be a code of at most 10 letters, digits and hyphens");
            }
        }
    }

    /** Why goods may leave, and which. */
    record HandoverRequest(
            @Nullable @Schema(description = "Pickup code as typed, or the payload of its QR code")
            String code,

            @Nullable @Schema(description = "Opaque id of the courier; DELIVERY only")
            String courierId,

            @Nullable OverrideRequest override,

            @Nullable @Schema(description = "What is taken; absent when everything is, empty when nothing is")
            List<LineQuantity> taken,

            @Nullable @Schema(description = "Why the shopper leaves goods; needed when nothing is taken")
            NotTakenReason notTakenReason) {
        HandoverRequest {
            int proofs = (code == null ? 0 : 1) + (courierId == null ? 0 : 1) + (override == null ? 0 : 1);
            if (proofs != 1) {
                throw new BadRequest("code", "exactly one of code, courierId and override is needed");
            }
            if (code != null && code.length() > MAX_SHOWN_CHARACTERS) {
                throw new BadRequest("code", "is longer than " + MAX_SHOWN_CHARACTERS + " characters");
            }
            Fields.optionalPersonId("courierId", courierId);
            if (taken == null) {
                if (notTakenReason != null) {
                    throw new BadRequest("notTakenReason", "is for goods that are not taken; taken says which are");
                }
            } else if (taken.isEmpty()) {
                Fields.required("notTakenReason", notTakenReason);
                if (courierId != null) {
                    throw new BadRequest("taken", "has entries when a courier takes the goods");
                }
            } else {
                taken = Fields.list("taken", taken, MAX_LINES);
            }
            for (int i = 0; taken != null && i < taken.size(); i++) {
                Fields.id("taken[" + i + "].lineId", taken.get(i).lineId());
                Fields.quantity("taken[" + i + "].quantity", taken.get(i).quantity());
            }
        }

        /** Keeps the code out of every log line. */
        @Override
        public String toString() {
            return "HandoverRequest[taken=" + taken + ", notTakenReason=" + notTakenReason + "]";
        }
    }

    /** Why the associate who asks answers for a handover without a code. */
    record OverrideRequest(NamedOverride.Reason reason) {
        OverrideRequest {
            Fields.required("override.reason", reason);
        }

        NamedOverride by(Actor actor) {
            if (actor.type() != Actor.Type.ASSOCIATE) {
                throw new BadRequest("Mortar-Actor", "names the ASSOCIATE who answers for the override");
            }
            return new NamedOverride(actor.id(), reason);
        }
    }

    /** Why the store ends the pickup. */
    record CancelRequest(EndReason reason) {
        CancelRequest {
            if (Fields.required("reason", reason) == EndReason.NOTHING_FOUND) {
                throw new BadRequest("reason", "NOTHING_FOUND follows from reporting every unit short");
            }
        }
    }

    /** One page of a location's queue. */
    record QueueBody(
            List<PickupBody> pickups,

            @Nullable @Schema(description = "Names the next page; absent on the last")
            String nextCursor) {}

    /** Place in a queue: by promised time, those without one last, then by age. */
    private record Place(Instant promisedAt, Instant requestedAt, String fulfilmentId) implements Comparable<Place> {

        private static final Comparator<Place> ORDER = Comparator.comparing(Place::promisedAt)
                .thenComparing(Place::requestedAt)
                .thenComparing(Place::fulfilmentId);

        static Place of(Pickup.Open pickup) {
            Goods goods = pickup.goods();
            return new Place(
                    goods.promisedAt() == null ? Instant.MAX : goods.promisedAt(),
                    goods.requestedAt(),
                    goods.fulfilment().fulfilmentId());
        }

        static Place read(String cursor) {
            try {
                String[] parts =
                        new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8).split("\\|", 3);
                return new Place(Instant.parse(parts[0]), Instant.parse(parts[1]), parts[2]);
            } catch (IllegalArgumentException | DateTimeException | ArrayIndexOutOfBoundsException e) {
                throw BadRequest.malformed("cursor", "is not one this service gave");
            }
        }

        String cursor() {
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(
                            (promisedAt + "|" + requestedAt + "|" + fulfilmentId).getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public int compareTo(Place other) {
            return ORDER.compare(this, other);
        }
    }
}
