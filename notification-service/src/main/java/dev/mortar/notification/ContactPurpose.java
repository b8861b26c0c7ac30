package dev.mortar.notification;

/** Why somebody reads a contact. */
enum ContactPurpose {
    /** A shopper reads his or her own contact. Nobody else may name this purpose. */
    SELF,
    ORDER_SUPPORT,
    KERB_HANDOVER,
    RETURN,
    LEGAL,
    /** A parcel gets its label. */
    DELIVERY
}
