package dev.mortar.notification;

import dev.mortar.eventsourcing.AccessDenied;
import dev.mortar.eventsourcing.Caller;
import dev.mortar.eventsourcing.Owner;
import dev.mortar.eventsourcing.kafka.StateTable;
import dev.mortar.eventsourcing.kafka.StateTables;
import dev.mortar.eventsourcing.kafka.StateTopicWriter;
import dev.mortar.notification.NotificationDefinition.PublishedContact;
import java.time.Duration;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ResponseStatusException;

/**
 * Changes contacts in {@code customer.contacts} for the controllers: reads the newest contact, changes it and writes
 * it.
 *
 * <p>Changes in one instance follow each other. Two instances may overwrite each other's change, so each reads its own
 * back. The caller gets 409 if another instance won, and 503 if the topic could not be read to its end.
 */
@Component
class ContactChanges {
    static final String LINE = "(?U)(?=\\P{Cc}*\\S)\\P{Cc}*";
    static final String LINE_FAULT = "must be one line of text; leave it out if there is none";

    private static final Duration READ_MAX = Duration.ofSeconds(2);

    private final Function<String, @Nullable Contact> contacts;
    private final Function<String, @Nullable Erasure> erasures;
    private final BiConsumer<String, @Nullable Contact> writer;

    @Autowired
    ContactChanges(StateTables tables, StateTopicWriter writer) {
        this(
                newest(tables.get(NotificationDefinition.CONTACTS)),
                newest(tables.get(NotificationDefinition.ERASURES)),
                (customerId, contact) -> writer.put(
                        NotificationDefinition.CONTACTS,
                        customerId,
                        contact == null
                                ? null
                                : NotificationDefinition.CONTACT.write(new PublishedContact(customerId, contact))));
    }

    /** @param contacts and erasures: the newest ones in their topics */
    ContactChanges(
            Function<String, @Nullable Contact> contacts,
            Function<String, @Nullable Erasure> erasures,
            BiConsumer<String, @Nullable Contact> writer) {
        this.contacts = contacts;
        this.erasures = erasures;
        this.writer = writer;
    }

    private static <R> Function<String, @Nullable R> newest(StateTable<R> table) {
        return key -> {
            table.awaitEnd(READ_MAX);
            return table.get(key);
        };
    }

    /**
     * Changes the contact of a shopper.
     *
     * @param change gets the contact, or null if there is none, and gives the new one; the same one or null writes
     *     nothing
     * @throws ResponseStatusException 409 if the contact was changed or erased by another instance meanwhile
     */
    synchronized @Nullable Contact change(String customerId, Function<@Nullable Contact, @Nullable Contact> change) {
        Contact before = contacts.apply(customerId);
        if (before != null && isErased(customerId, before)) {
            before = null;
        }
        Contact after = change.apply(before);
        if (after == null || after == before) {
            return after;
        }
        writer.accept(customerId, after);
        if (before != null && isErased(customerId, before)) {
            // The tombstone of the erasure may have been written before this contact.
            writer.accept(customerId, null);
            throw changedMeanwhile();
        }
        if (!after.equals(contacts.apply(customerId))) {
            throw changedMeanwhile();
        }
        return after;
    }

    /** Anybody may guess a customer id, so a refusal reveals nothing. */
    static void requireOwn(Caller caller, String customerId) {
        if (!caller.sees(Owner.ofCustomer(customerId))) {
            throw AccessDenied.otherCustomer();
        }
    }

    /** Writes the tombstone of a contact. */
    synchronized void erase(String customerId) {
        writer.accept(customerId, null);
    }

    /** Somebody asked to erase the contact after it was written. */
    private boolean isErased(String customerId, Contact contact) {
        Erasure erasure = erasures.apply(customerId);
        return erasure != null && !erasure.requestedAt().isBefore(contact.changedAt());
    }

    private static ResponseStatusException changedMeanwhile() {
        return new ResponseStatusException(
                HttpStatus.CONFLICT, "The contact was changed at the same time. Read it and send the request again.");
    }
}
