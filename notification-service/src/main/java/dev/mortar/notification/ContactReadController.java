package dev.mortar.notification;

import static dev.mortar.eventsourcing.Grant.*;

import dev.mortar.eventsourcing.Access;
import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.Caller;
import dev.mortar.eventsourcing.Owner;
import dev.mortar.eventsourcing.SecurityLog;
import dev.mortar.eventsourcing.http.BadRequest;
import dev.mortar.eventsourcing.http.Fields.Id;
import dev.mortar.eventsourcing.http.Fields.PersonId;
import dev.mortar.eventsourcing.http.RateLimit;
import dev.mortar.eventsourcing.kafka.Row;
import dev.mortar.eventsourcing.kafka.StateTables;
import dev.mortar.eventsourcing.kafka.StateTopicWriter;
import dev.mortar.eventsourcing.kafka.Views;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.*;
import org.springframework.web.server.ResponseStatusException;

/**
 * Shows contacts to people. Each read is written to {@code customer.contact-reads} before the answer. If it cannot be
 * written, the contact is not shown.
 */
@RestController
@Tag(name = "Contacts")
class ContactReadController {

    private static final String PURPOSE = "Mortar-Purpose";
    private static final String CORRELATION_ID = "X-Correlation-Id";
    private static final List<ContactPurpose> PURPOSES_OF_OTHERS = List.of(
            ContactPurpose.ORDER_SUPPORT,
            ContactPurpose.KERB_HANDOVER,
            ContactPurpose.RETURN,
            ContactPurpose.LEGAL,
            ContactPurpose.DELIVERY);

    private final Function<String, @Nullable Contact> contacts;
    private final Function<String, List<NotificationContent>> callsToPickup;
    private final Consumer<ContactRead> record;
    private final RateLimit reads = new RateLimit("contact-reads", Duration.ofHours(1));
    private final int readsPerHour;
    private final Clock clock = Clock.systemUTC();

    @Autowired
    ContactReadController(
            StateTables tables,
            Views views,
            StateTopicWriter writer,
            SecurityLog security,
            @Value("${mortar.contact-reads-per-hour}") int readsPerHour) {
        this(
                tables.<Contact>get(NotificationDefinition.CONTACTS)::get,
                fulfilmentId -> views.all(NotificationDefinition.CALLS_TO_PICKUP, fulfilmentId)
                        .map(Row::value)
                        .toList(),
                read -> {
                    writer.put(
                            NotificationDefinition.CONTACT_READS,
                            read.customerId(),
                            NotificationDefinition.CONTACT_READ.write(read));
                    security.acted("CONTACT_READ", read.purpose().name());
                },
                readsPerHour);
    }

    /**
     * @param callsToPickup the mails about a fulfilment that call the shopper to ready goods and are still true
     * @param record returns when the read is recorded, and throws if it is not
     * @param readsPerHour of one person
     */
    ContactReadController(
            Function<String, @Nullable Contact> contacts,
            Function<String, List<NotificationContent>> callsToPickup,
            Consumer<ContactRead> record,
            int readsPerHour) {
        this.contacts = contacts;
        this.callsToPickup = callsToPickup;
        this.record = record;
        this.readsPerHour = readsPerHour;
    }

    /** The part of a contact that an associate needs at the kerb. */
    record RecipientResponse(
            String fulfilmentId,
            @Nullable String firstName,
            @Nullable String vehicle) {}

    @Access({SHOPPER_OWN, BACK_OFFICE, SERVICE})
    @GetMapping("/v1/customers/{customerId}/contact")
    @Operation(
            summary = "Show the contact of a shopper",
            description = "The read is recorded. Everybody but the shopper has to name the purpose in " + PURPOSE
                    + ": ORDER_SUPPORT, KERB_HANDOVER, RETURN, LEGAL or DELIVERY.")
    @ApiResponse(responseCode = "503", description = "The read could not be recorded")
    ContactResponse contact(
            @PathVariable @Id String customerId,
            @RequestHeader(name = PURPOSE, required = false) @Nullable String purpose,
            @RequestHeader(name = CORRELATION_ID, required = false) @PersonId @Nullable String correlationId,
            Caller caller) {
        boolean sees = caller.sees(Owner.ofCustomer(customerId));
        ContactPurpose named = purpose(purpose, caller);
        Contact contact = contacts.apply(customerId);
        if (contact == null || !sees) {
            throw new ResponseStatusException(HttpStatus.NOT_FOUND, "There is no contact of this customer.");
        }
        record(customerId, caller, named, contact.fields(), correlationId);
        return new ContactResponse(customerId, contact);
    }

    @Access({SHOPPER_OWN, BACK_OFFICE, SERVICE})
    @GetMapping("/v1/customers/{customerId}/destinations/{destinationId}")
    @Operation(
            summary = "Show an address to which goods of a shopper are delivered",
            description =
                    "The read is recorded, with the purpose of a read of the contact. For the label of a parcel the"
                            + " purpose is DELIVERY.")
    @ApiResponse(responseCode = "503", description = "The read could not be recorded")
    Destination destination(
            @PathVariable @Id String customerId,
            @PathVariable @Id String destinationId,
            @RequestHeader(name = PURPOSE, required = false) @Nullable String purpose,
            @RequestHeader(name = CORRELATION_ID, required = false) @PersonId @Nullable String correlationId,
            Caller caller) {
        boolean sees = caller.sees(Owner.ofCustomer(customerId));
        ContactPurpose named = purpose(purpose, caller);
        Contact contact = contacts.apply(customerId);
        Destination destination = contact == null ? null : contact.destination(destinationId);
        if (destination == null || !sees) {
            throw new ResponseStatusException(
                    HttpStatus.NOT_FOUND, "There is no destination " + destinationId + " of this customer.");
        }
        record(customerId, caller, named, List.of("destination"), correlationId);
        return destination;
    }

    @Access(ASSOCIATE_STORE)
    @GetMapping("/v1/pickups/{fulfilmentId}/recipient")
    @Operation(
            summary = "Show the first name and the vehicle of the shopper who fetches ready goods",
            description = "Only while the pickup is ready in the store of the caller. The read is recorded.")
    @ApiResponse(responseCode = "503", description = "The read could not be recorded")
    RecipientResponse recipient(
            @PathVariable @Id String fulfilmentId,
            @RequestHeader(name = CORRELATION_ID, required = false) @PersonId @Nullable String correlationId,
            Caller caller) {
        for (NotificationContent call : callsToPickup.apply(fulfilmentId)) {
            String locationId = call.locationId();
            Contact contact = contacts.apply(call.customerId());
            if (locationId != null && caller.sees(Owner.ofLocation(locationId)) && contact != null) {
                var shown = new RecipientResponse(fulfilmentId, contact.firstName(), contact.vehicle());
                List<String> fields = Stream.of("firstName", "vehicle")
                        .filter(field -> (field.equals("vehicle") ? shown.vehicle() : shown.firstName()) != null)
                        .toList();
                record(call.customerId(), caller, ContactPurpose.KERB_HANDOVER, fields, correlationId);
                return shown;
            }
        }
        throw new ResponseStatusException(
                HttpStatus.NOT_FOUND, "There is no ready pickup " + fulfilmentId + " of a shopper with a contact.");
    }

    private static ContactPurpose purpose(@Nullable String header, Caller caller) {
        if (caller.actor().type() == Actor.Type.SHOPPER) {
            // A shopper who sees a contact sees the own one.
            return ContactPurpose.SELF;
        }
        return PURPOSES_OF_OTHERS.stream()
                .filter(purpose -> purpose.name().equals(header))
                .findFirst()
                .orElseThrow(() -> BadRequest.malformed(PURPOSE, "must be one of " + PURPOSES_OF_OTHERS));
    }

    private void record(
            String customerId,
            Caller caller,
            ContactPurpose purpose,
            List<String> fields,
            @Nullable String correlationId) {
        reads.count(caller.role() + " " + caller.actor().id(), readsPerHour);
        UUID readId = UUID.randomUUID();
        record.accept(new ContactRead(
                readId,
                customerId,
                caller.actor(),
                purpose,
                fields,
                clock.instant().truncatedTo(ChronoUnit.MICROS),
                correlationId == null ? readId.toString() : correlationId));
    }
}
