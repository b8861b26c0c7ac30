/**
 * How fast Mortar is, measured beside what Kafka, the disk and another design allow on the same machine in the same
 * run.
 *
 * <p>Read {@link dev.mortar.benchmarks.Bench} (the command), {@link dev.mortar.benchmarks.Subject} and
 * {@link dev.mortar.benchmarks.Round} (what is measured, again and again, and what comes out),
 * {@link dev.mortar.benchmarks.OpenLoop} (the load), {@link dev.mortar.benchmarks.Rig} (the stack it is put on),
 * {@link dev.mortar.benchmarks.Checkout} and {@link dev.mortar.benchmarks.Floor} (the first two subjects; the others
 * are named in {@link dev.mortar.benchmarks.Scenario}), and {@link dev.mortar.benchmarks.Report}.
 */
@NullMarked
package dev.mortar.benchmarks;

import org.jspecify.annotations.NullMarked;
