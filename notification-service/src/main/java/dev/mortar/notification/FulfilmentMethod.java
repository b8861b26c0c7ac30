package dev.mortar.notification;

/** How the goods leave their location. */
public enum FulfilmentMethod {
    PICKUP,
    CURBSIDE,
    DELIVERY,
    CARRY_OUT
}
