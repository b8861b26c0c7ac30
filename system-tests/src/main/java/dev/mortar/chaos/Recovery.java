package dev.mortar.chaos;

import java.io.PrintStream;
import java.nio.file.Path;

/** Measures how long recovery takes. */
record Recovery(Path folder, int rounds, int stockEntries, PrintStream out) {
    boolean measure() {
        return false;
    }
}
