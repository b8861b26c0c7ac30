package dev.mortar.notification;

import dev.mortar.eventsourcing.http.BadRequest;
import java.util.regex.Pattern;

/** What an id of a customer, which comes from outside, looks like. */
final class CustomerIds {

    private static final Pattern ID = Pattern.compile("(?!\\s)[^|\\p{Cntrl}]{1,100}(?<!\\s)");

    private CustomerIds() {}

    /** Refuses what cannot be an id, naming the path variable. */
    static void check(String customerId) {
        if (!ID.matcher(customerId).matches()) {
            throw new BadRequest(
                    "customerId", "has 1 to 100 characters, no |, no control characters, no space at its ends");
        }
    }
}
