package dev.mortar.benchmarks;

import java.util.function.DoubleSupplier;

/** Something that is measured in rounds, in alternation with the other subjects of its scenario. */
abstract class Subject {
    /** Its name in the report; empty for the only subject of a scenario. */
    final String name;
    /** Milliseconds that the compilers of its processes have worked up to now. */
    final DoubleSupplier compiledMs;

    Subject(String name, DoubleSupplier compiledMs) {
        this.name = name;
        this.compiledMs = compiledMs;
    }

    /** Puts the load on it, if there is one, for about five seconds; nothing of it counts. */
    void exercise() throws Exception {
        Thread.sleep(Checkout.RUN_UP);
    }

    /** Measures it once; rounds count from 1. */
    abstract Round measure(int number) throws Exception;
}
