package dev.mortar.notification;

/** Why a notification is not sent, for a reason that is no fault. */
public enum SuppressionReason {
    /** Nobody knew how to reach the shopper for an hour, or the shopper was erased while it was sent. */
    NO_CONTACT,
    /** The shopper did not agree to be told. */
    NO_CONSENT,
    /** It is no longer true: the goods were handed over, cancelled or expired, or a newer code is valid. */
    SUPERSEDED
}
