package dev.mortar.benchmarks;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What can be measured, by the name that is typed. */
enum Scenario {
    CHECKOUT("orders for pickup at a fixed rate, until everybody can see them confirmed"),
    FLOOR("the same records through nothing but Kafka; disk and loopback"),
    CHECKOUT_MAX("the highest rate at which 99 of 100 are confirmed within a second"),
    FLASH("10,000 shoppers for 100 units of one SKU"),
    BASELINE("what would be built instead: one service on PostgreSQL with an outbox; one hot SKU at both"),
    RESERVE("inventory-service alone, draining commands to reserve"),
    READ("stock, availability nearby and a pickup queue, while orders are placed"),
    START("from nothing to a confirmed order, without data and on those of an earlier run"),
    FOLD("inventory's fold alone in a process, --events events of reservations of three lines; no broker"),
    SCALE_OUT("reserve with one, two and three instances: overhead and balance, as they share the processors"),
    GROWTH("reserve with 10 thousand stock entries and up to --entries, with a history up to --history");

    private final String sentence;

    Scenario(String sentence) {
        this.sentence = sentence;
    }

    String typed() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Scenario named(String typed) {
        return Arrays.stream(values())
                .filter(scenario -> scenario.typed().equals(typed))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("There is no scenario " + typed + "."));
    }

    static String usage() {
        return Arrays.stream(values())
                .map(scenario -> "  %-20s %s".formatted(scenario.typed(), scenario.sentence))
                .collect(Collectors.joining("\n"));
    }
}
