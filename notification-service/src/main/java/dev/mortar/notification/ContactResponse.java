package dev.mortar.notification;

import com.fasterxml.jackson.annotation.JsonUnwrapped;

/** The stored contact of a shopper. */
record ContactResponse(String customerId, @JsonUnwrapped Contact contact) {}
