/**
 * How fast Mortar is. Read {@link dev.mortar.benchmarks.Bench} (the command), {@link dev.mortar.benchmarks.Scenario}
 * and {@link dev.mortar.benchmarks.Subject} (the questions), {@link dev.mortar.benchmarks.OpenLoop} (the load),
 * {@link dev.mortar.benchmarks.Rig} (the stack under it) and {@link dev.mortar.benchmarks.Report}.
 */
@NullMarked
package dev.mortar.benchmarks;

import org.jspecify.annotations.NullMarked;
