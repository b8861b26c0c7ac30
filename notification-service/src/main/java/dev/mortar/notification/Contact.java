package dev.mortar.notification;

import java.time.Instant;
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
 */
public record Contact(
        @Nullable String name,
        @Nullable String email,
        @Nullable String phone,
        String locale,
        boolean emailConsent,
        @Nullable String vehicle,
        Instant changedAt) {

    /** Contains no personal data, because it may be logged. */
    @Override
    public String toString() {
        return "Contact[changedAt=" + changedAt + "]";
    }
}
