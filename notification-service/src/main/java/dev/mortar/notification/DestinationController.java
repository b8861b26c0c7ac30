package dev.mortar.notification;

import static dev.mortar.eventsourcing.Grant.*;

import dev.mortar.eventsourcing.Access;
import dev.mortar.eventsourcing.Caller;
import dev.mortar.eventsourcing.http.BadRequest;
import dev.mortar.eventsourcing.http.Fields.Id;
import dev.mortar.eventsourcing.http.Fields.PersonId;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.*;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.*;
import org.springframework.web.server.ResponseStatusException;

/**
 * Changes the destinations of shoppers. They are part of the contact, so two instances may overwrite each other's
 * change; see {@link ContactChanges}. {@link ContactReadController} shows them.
 */
@RestController
@RequestMapping("/v1/customers/{customerId}/destinations/{destinationId}")
@Tag(name = "Contacts")
class DestinationController {

    private static final Set<String> COUNTRIES = Locale.getISOCountries(Locale.IsoCountryCode.PART1_ALPHA2);

    private final ContactChanges contacts;
    private final Clock clock = Clock.systemUTC();

    DestinationController(ContactChanges contacts) {
        this.contacts = contacts;
    }

    /** The destination of a shopper; see {@link Destination}. */
    record DestinationRequest(
            @NotNull @Size(max = 200) @Pattern(regexp = ContactChanges.LINE, message = ContactChanges.LINE_FAULT)
            String name,

            @NotNull @Size(min = 1, max = 5)
            List<
                            @NotNull @Size(max = 200)
                            @Pattern(regexp = ContactChanges.LINE, message = ContactChanges.LINE_FAULT) String>
                    addressLines,

            @Nullable @Size(max = 20) @Pattern(regexp = ContactChanges.LINE, message = ContactChanges.LINE_FAULT)
            String postalCode,

            @NotNull String country,

            @Nullable @Size(max = 500) @Pattern(regexp = ContactChanges.LINE, message = ContactChanges.LINE_FAULT)
            String instructions) {

        Destination destination(String destinationId) {
            if (!COUNTRIES.contains(country)) {
                throw new BadRequest("country", "must be an ISO 3166-1 alpha-2 code, such as IS");
            }
            return new Destination(
                    destinationId,
                    name.strip(),
                    addressLines.stream().map(String::strip).toList(),
                    postalCode == null ? null : postalCode.strip(),
                    country,
                    instructions == null ? null : instructions.strip());
        }
    }

    @Access({SHOPPER_OWN, BACK_OFFICE, SERVICE_FOR})
    @PutMapping
    @Operation(
            summary = "Set an address to which goods of a shopper are delivered; replaces the old one of this id",
            description = "The shopper needs a contact, and has at most 50 destinations.")
    @ApiResponse(responseCode = "404", description = "The shopper has no contact")
    @ApiResponse(responseCode = "409", description = "The contact was changed meanwhile, or has 50 destinations")
    Destination put(
            @PathVariable @PersonId String customerId,
            @PathVariable @PersonId String destinationId,
            Caller caller,
            @Valid @RequestBody DestinationRequest request) {
        ContactChanges.requireOwn(caller, customerId);
        Destination destination = request.destination(destinationId);
        contacts.change(customerId, contact -> with(contact, destination));
        return destination;
    }

    private Contact with(@Nullable Contact contact, Destination destination) {
        if (contact == null) {
            throw new ResponseStatusException(
                    HttpStatus.NOT_FOUND, "There is no contact of this customer. Set the contact first.");
        }
        Destination old = contact.destination(destination.destinationId());
        if (destination.equals(old)) {
            return contact;
        }
        if (old == null && contact.destinations().size() >= Contact.DESTINATIONS_MAX) {
            throw new ResponseStatusException(
                    HttpStatus.CONFLICT,
                    "The customer has " + Contact.DESTINATIONS_MAX + " destinations. Delete one first.");
        }
        return contact.with(destination, now());
    }

    @Access({SHOPPER_OWN, BACK_OFFICE, SERVICE_FOR})
    @DeleteMapping
    @Operation(
            summary = "Delete an address to which goods of a shopper are delivered",
            description = "An unknown destination or shopper gets the same answer.")
    @ApiResponse(responseCode = "409", description = "The contact was changed meanwhile")
    ResponseEntity<Void> delete(
            @PathVariable @Id String customerId, @PathVariable @Id String destinationId, Caller caller) {
        ContactChanges.requireOwn(caller, customerId);
        contacts.change(
                customerId,
                contact -> contact == null || contact.destination(destinationId) == null
                        ? contact
                        : contact.without(destinationId, now()));
        return ResponseEntity.noContent().build();
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
