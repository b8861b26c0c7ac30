package dev.mortar.inventory;

/** A fulfilment and the location that reserves its goods. The reservation has no id of its own. */
record Fulfilment(String locationId, String fulfilmentId, String orderId) {}
