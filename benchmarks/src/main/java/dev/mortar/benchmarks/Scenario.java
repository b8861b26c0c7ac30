package dev.mortar.benchmarks;

import dev.mortar.localstack.Arguments.WrongUsage;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** A question that can be asked, by the name that is typed. */
enum Scenario {
    CHECKOUT("orders for pickup at given rates: times, records and processor time", "HTTPS, payment, disks that sync"),
    SOURCING(
            "orders with and without a location, and dry runs over 500 stores",
            "locations with full slots, other orders at the same time"),
    HIGHEST_RATE("the highest rate with p99 of confirmation within a second", "HTTPS, payment, disks that sync"),
    HOT_SKU("one SKU at Mortar and at one service on PostgreSQL with an outbox", "reads, mails of the baseline"),
    FLASH("10,000 shoppers for 100 units of one SKU", "carts, payment"),
    RESERVE("commands to reserve three lines, through Kafka, inventory-service alone", "orders, pickups"),
    OVERLOAD("twice the highest rate, which is --rate or measured before", "shoppers who come again when refused"),
    RECOVERY("kill -9 with --entries stock entries and without; a second instance", "the death of a machine"),
    GROWTH("reserve with 10,000 stock entries and with --entries", "a long history of orders"),
    IDLE("processor time of a stack without requests", "probes and scrapes of metrics"),
    FOLD("inventory's fold in a process of its own, over --events events", "broker, network, deciding, queries");

    final String sentence;
    /** Things of a real deployment that its figures leave out. */
    final String leavesOut;

    Scenario(String sentence, String leavesOut) {
        this.sentence = sentence;
        this.leavesOut = leavesOut;
    }

    String typed() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Scenario named(String typed) {
        return Arrays.stream(values())
                .filter(scenario -> scenario.typed().equals(typed))
                .findFirst()
                .orElseThrow(() -> new WrongUsage("There is no scenario " + typed + "."));
    }

    static String usage() {
        return Arrays.stream(values())
                .map(scenario -> "  %-20s %s".formatted(scenario.typed(), scenario.sentence))
                .collect(Collectors.joining("\n"));
    }
}
