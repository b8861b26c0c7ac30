package dev.mortar.eventsourcing.http;

import org.springframework.security.core.AuthenticationException;

/** The service does not know the keys of an issuer yet and cannot get them: 503. */
public final class IssuerAway extends AuthenticationException {
    public IssuerAway(Throwable cause) {
        super("The issuer of the token does not answer", cause);
    }
}
