package dev.mortar.systemtests;

import dev.mortar.localstack.Part;
import dev.mortar.localstack.Stack;
import java.util.ArrayList;
import java.util.List;

/** Puts right what a test has broken. */
final class Faults {

    private Faults() {}

    /** Starts whatever does not run, so that the next test finds a whole stack even when this one has failed. */
    static void restoreAll() {
        Stack stack = TheStack.get();
        List<Part> parts =
                new ArrayList<>(List.of(stack.broker(), stack.registry(), stack.mailServer(), stack.issuer()));
        Log.NOUNS.forEach(noun -> parts.add(stack.service(noun)));
        parts.forEach(Part::start);
        parts.forEach(Part::awaitReady);
    }
}
