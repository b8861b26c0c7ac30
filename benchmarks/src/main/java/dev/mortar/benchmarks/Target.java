package dev.mortar.benchmarks;

import java.util.Map;

/** A retailer that orders are placed with. */
interface Target {

    /** Where {@code POST /v1/orders} goes, without slash at the end. */
    String orderUrl();

    /** Sees its events. */
    EventWatch watch();

    /** What its orders are confirmed by: whether StockReserved has to be seen beside OrderConfirmed. */
    boolean announcesReservations();

    /** What is measured, with the generator itself, by name. */
    Map<String, Long> pids();

    /** Hears that an order was acknowledged. */
    void acknowledged(String key, String orderId);
}
