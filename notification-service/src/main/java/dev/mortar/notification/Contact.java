package dev.mortar.notification;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The contact of a shopper. It is personal data: it is only in {@code customer.contacts}, never in an event, a command
 * or a log line.
 *
 * @param name name to greet the shopper by, or null
 * @param email address, or null
 * @param phone number in E.164 form, or null
 * @param locale BCP 47 tag of the language and region the shopper reads
 * @param emailConsent true when the shopper agreed to e-mails about orders
 * @param vehicle vehicle to look for at the kerb, or null
 * @param destinations addresses to which goods are delivered
 */
public record Contact(
        @Nullable String name,
        @Nullable String email,
        @Nullable String phone,
        String locale,
        boolean emailConsent,
        @Nullable String vehicle,
        List<Destination> destinations,
        Instant changedAt) {

    static final int DESTINATIONS_MAX = 50;

    /** A contact without destinations. */
    public Contact(
            @Nullable String name,
            @Nullable String email,
            @Nullable String phone,
            String locale,
            boolean emailConsent,
            @Nullable String vehicle,
            Instant changedAt) {
        this(name, email, phone, locale, emailConsent, vehicle, List.of(), changedAt);
    }

    private static final Pattern WHITE_SPACE = Pattern.compile("(?U)\\s+");

    /** The first word of the name, or null. */
    @Nullable
    String firstName() {
        return name == null ? null : WHITE_SPACE.split(name.strip(), 2)[0];
    }

    /** Names of the fields that are given. */
    List<String> fields() {
        var given = new ArrayList<String>();
        given.addAll(name == null ? List.of() : List.of("name"));
        given.addAll(email == null ? List.of() : List.of("email"));
        given.addAll(phone == null ? List.of() : List.of("phone"));
        given.addAll(List.of("locale", "emailConsent"));
        given.addAll(vehicle == null ? List.of() : List.of("vehicle"));
        given.addAll(destinations.isEmpty() ? List.of() : List.of("destinations"));
        return given;
    }

    @Nullable
    Destination destination(String destinationId) {
        return destinations.stream()
                .filter(each -> each.destinationId().equals(destinationId))
                .findFirst()
                .orElse(null);
    }

    /** With this destination instead of the one with its id. */
    Contact with(Destination destination, Instant now) {
        List<Destination> others = without(destination.destinationId(), now).destinations();
        return with(Stream.concat(others.stream(), Stream.of(destination)).toList(), now);
    }

    Contact without(String destinationId, Instant now) {
        return with(
                destinations.stream()
                        .filter(each -> !each.destinationId().equals(destinationId))
                        .toList(),
                now);
    }

    Contact with(List<Destination> newDestinations, Instant now) {
        return new Contact(name, email, phone, locale, emailConsent, vehicle, newDestinations, now);
    }

    /** Contains no personal data, because it may be logged. */
    @Override
    public String toString() {
        return "Contact[changedAt=" + changedAt + "]";
    }
}
