package dev.mortar.notification;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.kafka.StateTable;
import dev.mortar.eventsourcing.kafka.StateTables;
import dev.mortar.eventsourcing.kafka.StateTopicWriter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ResponseStatusException;

/**
 * The erasures in {@code customer.erasures}, one for each shopper; every instance keeps a copy.
 *
 * <p>The copy may be a moment old. So a request at one instance and a proof at another one in the same moment may
 * overwrite each other's record. The contact is erased in any case.
 */
@Component
class Erasures {
    private static final Duration SHOWN_WAIT_MAX = Duration.ofSeconds(2);

    private final Function<String, @Nullable Contact> contacts;
    private final Function<String, @Nullable Erasure> erasures;
    private final Supplier<Collection<Erasure>> all;
    private final Consumer<Erasure> record;
    private final Clock clock = Clock.systemUTC();

    @Autowired
    Erasures(StateTables tables, StateTopicWriter writer) {
        StateTable<Erasure> table = tables.get(NotificationDefinition.ERASURES);
        this(tables.<Contact>get(NotificationDefinition.CONTACTS)::get, table::get, table::values, erasure -> {
            writer.put(
                    NotificationDefinition.ERASURES,
                    erasure.customerId(),
                    NotificationDefinition.ERASURE.write(erasure));
            // So the caller reads it back from this instance.
            table.awaitEnd(SHOWN_WAIT_MAX);
        });
    }

    /** @param record returns when the erasure is recorded and in the copy, and throws if it may not be */
    Erasures(
            Function<String, @Nullable Contact> contacts,
            Function<String, @Nullable Erasure> erasures,
            Supplier<Collection<Erasure>> all,
            Consumer<Erasure> record) {
        this.contacts = contacts;
        this.erasures = erasures;
        this.all = all;
        this.record = record;
    }

    /**
     * Records that somebody asks to erase a contact, before its tombstone is written. A repeat leaves the record as it
     * is, and so the time when the proof is due, until a proof or a new contact comes.
     *
     * @return the record that holds from now on
     */
    Erasure request(String customerId, Actor actor) {
        Erasure known = erasures.apply(customerId);
        if (known != null && known.provedAt() == null && contacts.apply(customerId) == null) {
            return known;
        }
        var asked = new Erasure(customerId, now(), actor, null, null);
        record.accept(asked);
        return asked;
    }

    /**
     * Records the proof of an erasure.
     *
     * @param requestedAt when the erasure was asked for that is proved
     * @throws ResponseStatusException 404 if there is no erasure, 409 if it was asked for again or its contact is there
     */
    Erasure prove(String customerId, Instant requestedAt, String sha256) {
        Erasure known = get(customerId);
        if (!known.requestedAt().equals(requestedAt)) {
            throw new ResponseStatusException(
                    HttpStatus.CONFLICT,
                    "The erasure was asked for again at " + known.requestedAt() + ". It needs a proof of its own.");
        }
        if (contacts.apply(customerId) != null && !givenAgain(known)) {
            throw new ResponseStatusException(
                    HttpStatus.CONFLICT, "The contact is still there. Send the DELETE of the contact again.");
        }
        Erasure proved = known.proved(now(), sha256);
        record.accept(proved);
        return proved;
    }

    /** The erasure of a shopper. Throws {@link ResponseStatusException} 404 if there is none. */
    Erasure get(String customerId) {
        Erasure known = erasures.apply(customerId);
        if (known == null) {
            throw new ResponseStatusException(
                    HttpStatus.NOT_FOUND, "Nobody asked to erase the contact of this customer.");
        }
        return known;
    }

    /** How many proofs are due and not there. A shopper who gave a contact again needs none. */
    long overdue() {
        Instant now = clock.instant();
        return all.get().stream()
                .filter(erasure -> erasure.overdue(now) && !givenAgain(erasure))
                .count();
    }

    private boolean givenAgain(Erasure erasure) {
        Contact contact = contacts.apply(erasure.customerId());
        return contact != null && contact.changedAt().isAfter(erasure.requestedAt());
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
