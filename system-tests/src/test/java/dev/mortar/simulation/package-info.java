/** The simulation itself is tested: it finds what is planted, repeats exactly, and shrinks what it found. */
@NullMarked
package dev.mortar.simulation;

import org.jspecify.annotations.NullMarked;
