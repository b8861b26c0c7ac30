package dev.mortar.notification;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a shopper can be reached. Personal data: lives in {@code customer.contacts} alone, never in an event, a command
 * or a log line.
 *
 * @param name to greet by, or null
 * @param email address, or null
 * @param phone number in E.164 form, or null
 * @param locale BCP 47 tag of the language and region the shopper reads
 * @param emailConsent true when the shopper agreed to be told about orders by e-mail
 * @param vehicle to look for at the kerb, or null
 */
public record Contact(
        @Nullable String name,
        @Nullable String email,
        @Nullable String phone,
        String locale,
        boolean emailConsent,
        @Nullable String vehicle,
        Instant changedAt) {

    /** Says nothing of the person, so that no log line can. */
    @Override
    public String toString() {
        return "Contact[changedAt=" + changedAt + "]";
    }
}
