package dev.mortar.notification;

import dev.mortar.eventsourcing.Actor;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * Somebody is about to be shown a contact. It has no personal data itself.
 *
 * @param fields names of the fields that are shown
 */
record ContactRead(
        UUID readId,
        String customerId,
        Actor actor,
        ContactPurpose purpose,
        List<String> fields,
        Instant at,
        String correlationId) {}
