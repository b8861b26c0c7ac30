package dev.mortar.benchmarks;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What can be measured, by the name that is typed. */
enum Scenario {
    CHECKOUT("orders for pickup at a fixed rate, until everybody can see them confirmed"),
    FLOOR("the same records through nothing but Kafka; disk and loopback");

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
