package dev.mortar.order;

/** Whether one rejected fulfilment rejects the whole order, or only itself. */
enum Acceptance {
    WHOLE,
    PER_FULFILMENT
}
