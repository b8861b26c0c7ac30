package dev.mortar.notification;

import org.jspecify.annotations.Nullable;

/**
 * A mail, with the same content as plain text and as HTML.
 *
 * @param qrPng QR code of the pickup code, which the HTML shows from {@code cid:}{@value #QR_CONTENT_ID}; null without
 *     a code
 */
record Email(String subject, String text, String html, byte @Nullable [] qrPng) {

    static final String QR_CONTENT_ID = "pickup-code";
}
