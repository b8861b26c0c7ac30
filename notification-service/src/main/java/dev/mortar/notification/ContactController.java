package dev.mortar.notification;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.mortar.eventsourcing.http.BadRequest;
import dev.mortar.eventsourcing.http.Fields;
import dev.mortar.eventsourcing.http.Fields.Id;
import dev.mortar.eventsourcing.kafka.KafkaUnavailable;
import dev.mortar.eventsourcing.kafka.StateTable;
import dev.mortar.eventsourcing.kafka.StateTables;
import dev.mortar.eventsourcing.kafka.StateTopicWriter;
import dev.mortar.notification.NotificationDefinition.PublishedContact;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.mail.internet.AddressException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.IllformedLocaleException;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/**
 * The contacts of shoppers. The controller writes them directly to {@code customer.contacts}, so that no command or
 * event contains personal data. To erase a contact it writes a tombstone.
 */
@RestController
@RequestMapping("/v1/customers/{customerId}/contact")
@Tag(name = "Contacts")
class ContactController {

    private static final int NAME_MAX_CHARACTERS = 200;
    private static final int EMAIL_MAX_CHARACTERS = 254;
    private static final int VEHICLE_MAX_CHARACTERS = 100;
    private static final int LOCALE_MAX_CHARACTERS = 35;
    private static final Pattern E164 = Pattern.compile("\\+[1-9][0-9]{1,14}");
    private static final Duration SHOWN_WAIT_MAX = Duration.ofSeconds(2);
    private static final Duration SHOWN_POLL = Duration.ofMillis(10);

    private final StateTable<Contact> contacts;
    private final StateTopicWriter writer;
    private final MailServer mailServer;
    private final Clock clock = Clock.systemUTC();

    ContactController(StateTables tables, StateTopicWriter writer, MailServer mailServer) {
        this.contacts = tables.get(NotificationDefinition.CONTACTS);
        this.writer = writer;
        this.mailServer = mailServer;
    }

    /**
     * The contact of a shopper.
     *
     * @param name name to greet the shopper by, or null
     * @param email address, or null
     * @param phone number in E.164 form, or null
     * @param locale BCP 47 tag, such as is-IS
     * @param emailConsent true when the shopper agreed to e-mails about orders
     * @param vehicle vehicle to look for at the kerb, or null
     */
    record ContactRequest(
            @Nullable String name,
            @Nullable String email,
            @Nullable String phone,
            @Nullable String locale,
            @Nullable Boolean emailConsent,
            @Nullable String vehicle) {

        /**
         * The contact of a customer. Only here is the id checked: reading and erasing accept older ids too.
         *
         * @param acceptsUtf8 whether the mail server accepts addresses with non-ASCII characters before the @
         */
        Contact contact(String customerId, Instant now, BooleanSupplier acceptsUtf8) {
            Fields.personId("customerId", customerId);
            boolean consent = Fields.required("emailConsent", emailConsent);
            return new Contact(
                    line("name", name, NAME_MAX_CHARACTERS),
                    checkedEmail(acceptsUtf8),
                    checkedPhone(),
                    checkedLocale(),
                    consent,
                    line("vehicle", vehicle, VEHICLE_MAX_CHARACTERS),
                    now);
        }

        private @Nullable String checkedEmail(BooleanSupplier acceptsUtf8) {
            String address = line("email", email, EMAIL_MAX_CHARACTERS);
            if (address == null) {
                return null;
            }
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

        private @Nullable String checkedPhone() {
            if (phone != null && !E164.matcher(phone).matches()) {
                throw new BadRequest("phone", "must be a telephone number in E.164 form, such as +3545551234");
            }
            return phone;
        }

        private String checkedLocale() {
            String tag = Fields.required("locale", locale);
            try {
                Locale parsed = new Locale.Builder().setLanguageTag(tag).build();
                if (parsed.getLanguage().isEmpty() || tag.length() > LOCALE_MAX_CHARACTERS) {
                    throw new BadRequest("locale", "must be a BCP 47 language tag, such as is-IS");
                }
                return parsed.toLanguageTag();
            } catch (IllformedLocaleException e) {
                throw new BadRequest("locale", "must be a BCP 47 language tag, such as is-IS");
            }
        }

        private static @Nullable String line(String field, @Nullable String text, int maxCharacters) {
            if (text == null) {
                return null;
            }
            if (text.isBlank() || text.length() > maxCharacters || text.chars().anyMatch(Character::isISOControl)) {
                throw new BadRequest(
                        field,
                        "must be one line of 1 to " + maxCharacters + " characters; leave it out if there is none");
            }
            return text.strip();
        }
    }

    /** The stored contact of a shopper. */
    record ContactResponse(String customerId, @JsonUnwrapped Contact contact) {}

    @PutMapping
    @Operation(summary = "Set the contact of a shopper; replaces the old contact")
    ContactResponse put(@PathVariable @Id String customerId, @RequestBody ContactRequest request) {
        Contact contact =
                request.contact(customerId, clock.instant().truncatedTo(ChronoUnit.MICROS), mailServer::acceptsUtf8);
        writer.put(
                NotificationDefinition.CONTACTS,
                customerId,
                NotificationDefinition.CONTACT.write(new PublishedContact(customerId, contact)));
        awaitVisible(customerId, shown -> shown != null && !shown.changedAt().isBefore(contact.changedAt()));
        return new ContactResponse(customerId, contact);
    }

    @GetMapping
    @Operation(summary = "Show the contact of a shopper")
    ContactResponse get(@PathVariable @Id String customerId) {
        Contact contact = contacts.get(customerId);
        if (contact == null) {
            throw new ResponseStatusException(HttpStatus.NOT_FOUND, "There is no contact of this customer.");
        }
        return new ContactResponse(customerId, contact);
    }

    @DeleteMapping
    @Operation(summary = "Erase the contact of a shopper")
    ResponseEntity<Void> delete(@PathVariable @Id String customerId) {
        writer.put(NotificationDefinition.CONTACTS, customerId, null);
        awaitVisible(customerId, shown -> shown == null);
        return ResponseEntity.noContent().build();
    }

    /** The write is already safe. A short wait lets the caller read it back from this instance. */
    private void awaitVisible(String customerId, Predicate<@Nullable Contact> visible) {
        long deadlineNs = System.nanoTime() + SHOWN_WAIT_MAX.toNanos();
        while (!visible.test(contacts.get(customerId)) && System.nanoTime() < deadlineNs) {
            try {
                Thread.sleep(SHOWN_POLL);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new KafkaUnavailable("Interrupted while the contact was written", e);
            }
        }
    }
}
