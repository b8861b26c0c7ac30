package dev.mortar.notification;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An address to which goods of a shopper are delivered. It is personal data, as the {@link Contact} that holds it.
 *
 * @param destinationId opaque id; events carry nothing else of a destination
 * @param name name on the label
 * @param addressLines lines of the address, without the name and the country
 * @param postalCode null if the country has none
 * @param country ISO 3166-1 alpha-2 code
 * @param instructions words for the courier, or null
 */
public record Destination(
        String destinationId,
        String name,
        List<String> addressLines,
        @Nullable String postalCode,
        String country,
        @Nullable String instructions) {

    /** Contains no personal data, because it may be logged. */
    @Override
    public String toString() {
        return "Destination[" + destinationId + "]";
    }
}
