package dev.mortar.order;

/** Whether an order stands or falls as a whole, or fulfilment by fulfilment. */
enum Acceptance {
    WHOLE,
    PER_FULFILMENT
}
