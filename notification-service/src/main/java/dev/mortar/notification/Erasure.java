package dev.mortar.notification;

import dev.mortar.eventsourcing.Actor;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Somebody asked to erase the contact of a shopper. It has no personal data itself.
 *
 * @param provedAt when the proof was reported, or null
 * @param proofSha256 SHA-256 of the report of the proof in hexadecimal digits, or null
 */
record Erasure(
        String customerId,
        Instant requestedAt,
        Actor requestedBy,
        @Nullable Instant provedAt,
        @Nullable String proofSha256) {

    /** The settings of {@code customer.contacts} let the brokers remove an erased contact within this time. */
    static final Duration PROOF_WITHIN = Duration.ofHours(24);

    Instant proofDueAt() {
        return requestedAt.plus(PROOF_WITHIN);
    }

    /** Whether the proof is due and not there. */
    boolean overdue(Instant now) {
        return provedAt == null && now.isAfter(proofDueAt());
    }

    Erasure proved(Instant at, String sha256) {
        return new Erasure(customerId, requestedAt, requestedBy, at, sha256);
    }
}
