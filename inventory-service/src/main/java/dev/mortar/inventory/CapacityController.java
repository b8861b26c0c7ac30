package dev.mortar.inventory;

import static dev.mortar.eventsourcing.Grant.*;

import dev.mortar.eventsourcing.Access;
import dev.mortar.eventsourcing.CommandRequest;
import dev.mortar.eventsourcing.QueryRequest;
import dev.mortar.eventsourcing.http.BadRequest;
import dev.mortar.eventsourcing.http.Fields.Id;
import dev.mortar.eventsourcing.http.Fields.Time;
import dev.mortar.eventsourcing.http.Replies;
import dev.mortar.eventsourcing.kafka.CommandGateway;
import dev.mortar.eventsourcing.kafka.Reply;
import dev.mortar.inventory.InventoryCommand.PauseCapacity;
import dev.mortar.inventory.Slots.Place;
import dev.mortar.inventory.StockEntry.Location;
import dev.mortar.values.FulfilmentMethod;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.*;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.*;

/** Shows the slots of a location, and pauses them. */
@RestController
@Tag(name = "capacity", description = "Slots of a location, and pauses")
@RequestMapping("/v1/locations/{locationId}")
class CapacityController {

    private static final Duration PAUSE_MAX = Duration.ofDays(7);
    private static final Duration SHOWN = Duration.ofDays(1);
    private static final Duration SHOWN_MAX = Duration.ofDays(14);

    private final CommandGateway<InventoryCommand> gateway;
    private final LocationViews locations;
    private final Clock clock = Clock.systemUTC();

    CapacityController(CommandGateway<InventoryCommand> gateway, LocationViews locations) {
        this.gateway = gateway;
        this.locations = locations;
    }

    /** A time in which the location takes no new bookings; {@code until} is the first instant after it. */
    record PauseRequest(
            @Nullable @Id String pauseId,
            @NotNull @Size(min = 1, max = 3) List<@NotNull FulfilmentMethod> methods,
            @NotNull @Time Instant from,
            @NotNull @Time Instant until,

            @NotNull
            @Pattern(regexp = "[A-Z][A-Z0-9_]{0,49}", message = "must be a code in capitals, such as STAFF_SHORTAGE")
            String reasonCode) {}

    record PauseResponse(
            String pauseId,
            String locationId,
            List<FulfilmentMethod> methods,
            Instant from,
            Instant until,
            String reasonCode) {

        static PauseResponse of(String locationId, Pause pause) {
            return new PauseResponse(
                    pause.pauseId(), locationId, pause.methods(), pause.from(), pause.until(), pause.reasonCode());
        }
    }

    /**
     * A slot in which the location is open or has bookings.
     *
     * @param limit fulfilments that can be booked for it; absent if there is no limit
     * @param free fulfilments that can still be booked; absent if there is no limit
     * @param readyAt when goods that are booked for it will be ready
     */
    record SlotResponse(
            Instant startsAt,
            Instant endsAt,
            @Nullable Long limit,
            long booked,
            @Nullable Long free,
            boolean paused,
            Instant readyAt) {

        static SlotResponse of(Place place) {
            return new SlotResponse(
                    place.startsAt(),
                    place.startsAt().plus(Slot.LENGTH),
                    place.limit(),
                    place.booked(),
                    place.limit() == null ? null : place.free(),
                    place.paused(),
                    place.readyAt());
        }
    }

    record SlotsResponse(String locationId, FulfilmentMethod method, List<SlotResponse> slots) {}

    @Access({ASSOCIATE_STORE, LEAD_STORE, BACK_OFFICE})
    @PostMapping("/pauses")
    @Operation(
            summary = "Pause the capacity of a location, for at most 7 days",
            description = "Slots that overlap the pause take no new bookings. Bookings that were made before stay.")
    ResponseEntity<PauseResponse> pause(
            @PathVariable @Id String locationId, CommandRequest request, @Valid @RequestBody PauseRequest body) {
        for (int i = 0; i < body.methods().size(); i++) {
            LocationRequest.checkMethod("methods[" + i + "]", body.methods().get(i));
            LocationRequest.refuseRepeat("methods[" + i + "]", body.methods(), i);
        }
        if (!body.until().isAfter(body.from())) {
            throw new BadRequest("until", "must be later than from");
        }
        if (body.until().isAfter(body.from().plus(PAUSE_MAX))) {
            throw new BadRequest("until", "must be at most 7 days after from");
        }
        Pause pause = new Pause(
                body.pauseId() == null ? request.derivedId("pause") : body.pauseId(),
                body.methods(),
                body.from().truncatedTo(ChronoUnit.MICROS),
                body.until().truncatedTo(ChronoUnit.MICROS),
                body.reasonCode());
        Reply reply = gateway.send(
                new PauseCapacity(locationId, pause), request, LocationResponse.path(locationId) + "/slots");
        return Replies.ok(reply, PauseResponse.of(locationId, reply.as(Pause.class)));
    }

    @Access({PUBLIC, ASSOCIATE_ANY, TILL_ANY, BACK_OFFICE, OPERATOR, SERVICE})
    @GetMapping("/slots")
    @Operation(
            summary = "List the slots of a location for a method, with what is booked",
            description = "Slots in which the location is closed and has no bookings are left out.")
    SlotsResponse slots(
            @PathVariable @Id String locationId,
            @RequestParam FulfilmentMethod method,
            @Parameter(description = "First instant; the time of the request if absent")
                    @RequestParam(required = false)
                    @Nullable
                    Instant from,
            @Parameter(
                            description =
                                    "First instant after the range, at most 14 days after from; one day after it if absent")
                    @RequestParam(required = false)
                    @Nullable
                    Instant to,
            QueryRequest query) {
        Location location = locations.registered(locationId, query).value();
        LocationRequest.checkMethod("method", method);
        Instant first = Slots.next(from == null ? clock.instant() : from);
        Instant end = to == null ? first.plus(SHOWN) : to;
        if (end.isBefore(first)) {
            throw new BadRequest("to", "must not be before from");
        }
        if (end.isAfter(first.plus(SHOWN_MAX))) {
            throw new BadRequest("to", "must be at most 14 days after from");
        }
        Slots slots = locations.slots(location, method, first, end);
        return new SlotsResponse(
                locationId,
                method,
                Stream.iterate(first, start -> start.isBefore(end), start -> start.plus(Slot.LENGTH))
                        .map(slots::at)
                        .filter(place -> place.open() || place.booked() > 0)
                        .map(SlotResponse::of)
                        .toList());
    }
}
