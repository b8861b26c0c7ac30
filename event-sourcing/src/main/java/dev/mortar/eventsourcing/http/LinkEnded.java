package dev.mortar.eventsourcing.http;

import org.springframework.security.core.AuthenticationException;

/** A link to an order was good and has ended: 410. */
public final class LinkEnded extends AuthenticationException {
    public LinkEnded() {
        super("The link has ended. The latest mail about the order may have a newer one.");
    }
}
