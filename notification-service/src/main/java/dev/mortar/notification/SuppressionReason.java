package dev.mortar.notification;

/** Why a notification is not sent, for a reason that is no fault. */
public enum SuppressionReason {
    /** Nobody knows how to reach the shopper. */
    NO_CONTACT,
    /** The shopper did not agree to be told. */
    NO_CONSENT,
    /** It is no longer true: the goods were handed over, cancelled or expired, or a newer code is valid. */
    SUPERSEDED
}
