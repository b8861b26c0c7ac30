package dev.mortar.benchmarks;

import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/**
 * A system that takes orders.
 *
 * @param url the base of {@code POST /v1/orders}, without slash at the end
 * @param caller headers that name the caller, names and values in turn
 * @param announcesReservations whether StockReserved has to be seen beside OrderConfirmed
 * @param pids its processes and the generator's, by name
 * @param compiledMs milliseconds that the compilers of its services have worked up to now
 * @param acknowledged hears key and id of each order that was acknowledged
 */
record Target(
        String url,
        Supplier<String[]> caller,
        EventWatch watch,
        boolean announcesReservations,
        Supplier<Map<String, Long>> pids,
        DoubleSupplier compiledMs,
        LogMeter meter,
        BiConsumer<String, String> acknowledged) {}
