package dev.mortar.notification;

/** Why a notification is not sent although nothing failed. */
public enum SuppressionReason {
    /** There was no contact for an hour, or the contact was erased during the send. */
    NO_CONTACT,
    /** The shopper did not consent to e-mails. */
    NO_CONSENT,
    /** The content is no longer true: the goods were handed over, cancelled or expired, or there is a newer code. */
    SUPERSEDED
}
