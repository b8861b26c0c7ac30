package dev.mortar.benchmarks;

import java.util.Map;

/** A retailer's system that takes orders. */
interface Target {

    /** The base of {@code POST /v1/orders}, without slash at the end. */
    String orderUrl();

    /** Sees its events. */
    EventWatch watch();

    /** Whether StockReserved has to be seen beside OrderConfirmed. */
    boolean announcesReservations();

    /** Its processes and the generator's, by name. */
    Map<String, Long> pids();

    /** Milliseconds that the compilers of its services have worked up to now. */
    double compiledMs();

    /** Waits until it has nothing left to do. */
    void settle() throws InterruptedException;

    /** Hears that an order was acknowledged. */
    void acknowledged(String key, String orderId);
}
