/**
 * All five services in one thread: their real deciders, processes and mappings on a simulated log, clock and network,
 * under random trade and faults that follow from a seed. Read {@link dev.mortar.simulation.Plan} (what a seed means),
 * {@link dev.mortar.simulation.Simulation} (how it runs), {@link dev.mortar.simulation.Trade} (what clients do),
 * {@link dev.mortar.simulation.Thieves} (what they may not do), {@link dev.mortar.simulation.Sourcer} (how orders find
 * locations), {@link dev.mortar.simulation.Shrinker} and {@link dev.mortar.simulation.Simulate} (the command).
 */
@NullMarked
package dev.mortar.simulation;

import org.jspecify.annotations.NullMarked;
