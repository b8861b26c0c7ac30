/**
 * Trade on the real stack while its processes, its network and its disk fail, and the audit as the judge.
 *
 * <p>Read {@link dev.mortar.chaos.Chaos} first, the command and its run: {@code Trade} of the demo and the
 * {@code Backroom} keep the system busy, {@code Faults} break it, {@code Thief} asks for what is not its own,
 * {@code Journal} notes what clients were told, {@code Ending} brings every order to its end, {@code Verdict} says what
 * it came to. {@code Network} is what lies between a service and the broker.
 */
@NullMarked
package dev.mortar.chaos;

import org.jspecify.annotations.NullMarked;
