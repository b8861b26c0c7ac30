package dev.mortar.notification;

import org.jspecify.annotations.Nullable;

/**
 * A mail as it is shown: the same content as plain text and as HTML.
 *
 * @param qrPng picture of the pickup code, which the HTML refers to as {@code cid:}{@value #QR_CONTENT_ID}; null
 *     without a code
 */
record Email(String subject, String text, String html, byte @Nullable [] qrPng) {

    /** Content id of the picture. */
    static final String QR_CONTENT_ID = "pickup-code";
}
