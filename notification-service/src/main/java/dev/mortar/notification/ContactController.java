package dev.mortar.notification;

import static dev.mortar.eventsourcing.Grant.*;

import dev.mortar.eventsourcing.Access;
import dev.mortar.eventsourcing.Caller;
import dev.mortar.eventsourcing.http.BadRequest;
import dev.mortar.eventsourcing.http.Fields.Id;
import dev.mortar.eventsourcing.http.Fields.PersonId;
import dev.mortar.eventsourcing.kafka.KafkaUnavailable;
import dev.mortar.eventsourcing.kafka.StateTable;
import dev.mortar.eventsourcing.kafka.StateTables;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.mail.internet.AddressException;
import jakarta.validation.Valid;
import jakarta.validation.constraints.*;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.IllformedLocaleException;
import java.util.Locale;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.*;

/**
 * Changes the contacts of shoppers. {@link ContactChanges} writes them directly to {@code customer.contacts}, so that
 * no command or event contains personal data. To erase a contact it writes a tombstone.
 */
@RestController
@RequestMapping("/v1/customers/{customerId}/contact")
@Tag(name = "Contacts")
class ContactController {

    private static final Duration SHOWN_WAIT_MAX = Duration.ofSeconds(2);
    private static final Duration SHOWN_POLL = Duration.ofMillis(10);

    private final StateTable<Contact> contacts;
    private final ContactChanges changes;
    private final Erasures erasures;
    private final MailServer mailServer;
    private final Clock clock = Clock.systemUTC();

    ContactController(StateTables tables, ContactChanges changes, Erasures erasures, MailServer mailServer) {
        this.contacts = tables.get(NotificationDefinition.CONTACTS);
        this.changes = changes;
        this.erasures = erasures;
        this.mailServer = mailServer;
    }

    /** The contact of a shopper; see {@link Contact}. */
    record ContactRequest(
            @Nullable @Size(max = 200) @Pattern(regexp = ContactChanges.LINE, message = ContactChanges.LINE_FAULT)
            String name,

            @Nullable @Size(max = 254) @Pattern(regexp = ContactChanges.LINE, message = ContactChanges.LINE_FAULT)
            String email,

            @Nullable
            @Pattern(
                    regexp = "\\+[1-9][0-9]{1,14}",
                    message = "must be a telephone number in E.164 form, such as +3545551234")
            String phone,

            @NotNull @Size(max = 35) String locale,
            @NotNull Boolean emailConsent,

            @Nullable @Size(max = 100) @Pattern(regexp = ContactChanges.LINE, message = ContactChanges.LINE_FAULT)
            String vehicle) {

        /**
         * The contact in this request.
         *
         * @param acceptsUtf8 whether the mail server accepts addresses with non-ASCII characters before the @
         */
        Contact contact(Instant now, BooleanSupplier acceptsUtf8) {
            return new Contact(
                    name == null ? null : name.strip(),
                    checkedEmail(acceptsUtf8),
                    phone,
                    checkedLocale(),
                    emailConsent,
                    vehicle == null ? null : vehicle.strip(),
                    now);
        }

        private @Nullable String checkedEmail(BooleanSupplier acceptsUtf8) {
            if (email == null) {
                return null;
            }
            String address = email.strip();
            try {
                if (MailAddress.of(address).needsUtf8() && !acceptsUtf8.getAsBoolean()) {
                    throw new BadRequest(
                            "email", "has non-ASCII characters before the @, which the mail server does not accept");
                }
                return address;
            } catch (AddressException e) {
                throw new BadRequest("email", "is not an e-mail address");
            }
        }

        private String checkedLocale() {
            try {
                Locale parsed = new Locale.Builder().setLanguageTag(locale).build();
                if (!parsed.getLanguage().isEmpty()) {
                    return parsed.toLanguageTag();
                }
            } catch (IllformedLocaleException e) {
                // The same fault as a tag without a language.
            }
            throw new BadRequest("locale", "must be a BCP 47 language tag, such as is-IS");
        }
    }

    @Access({SHOPPER_OWN, BACK_OFFICE, SERVICE_FOR})
    @PutMapping
    @Operation(
            summary = "Set the contact of a shopper; replaces the old contact, but keeps its destinations",
            description = "Only this request needs an opaque customer id. Reading and erasing accept older ids.")
    ContactResponse put(
            @PathVariable @PersonId String customerId, Caller caller, @Valid @RequestBody ContactRequest request) {
        ContactChanges.requireOwn(caller, customerId);
        Contact contact = request.contact(clock.instant().truncatedTo(ChronoUnit.MICROS), mailServer::acceptsUtf8);
        Contact changed = Objects.requireNonNull(changes.change(
                customerId,
                before -> before == null ? contact : contact.with(before.destinations(), contact.changedAt())));
        return new ContactResponse(customerId, changed);
    }

    @Access({SHOPPER_OWN, BACK_OFFICE, SERVICE_FOR})
    @DeleteMapping
    @Operation(
            summary = "Erase the contact of a shopper",
            description = "No route and no mail shows the contact any more. A shopper without a contact gets the same"
                    + " answer. The erasure is recorded, and its proof is due within 24 hours. If the answer is 503,"
                    + " repeat the request.")
    ResponseEntity<Void> delete(@PathVariable @Id String customerId, Caller caller) {
        ContactChanges.requireOwn(caller, customerId);
        // The record is first: after a crash between the two, it says that the contact has to go.
        erasures.request(customerId, caller.actor());
        changes.erase(customerId);
        awaitVisible(() -> contacts.get(customerId) == null);
        return ResponseEntity.noContent().build();
    }

    /** The write is already safe. A short wait lets the caller read it back from this instance. */
    private static void awaitVisible(BooleanSupplier visible) {
        long deadlineNs = System.nanoTime() + SHOWN_WAIT_MAX.toNanos();
        while (!visible.getAsBoolean() && System.nanoTime() < deadlineNs) {
            try {
                Thread.sleep(SHOWN_POLL);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new KafkaUnavailable("Interrupted while the write was awaited", e);
            }
        }
    }
}
