/**
 * Returns of one order each. The decider knows the units handed over and returned, so no unit is returned twice and no
 * more is refunded than was paid.
 *
 * <p>Read in this order: {@link dev.mortar.returns.ReturnsCommand}, {@link dev.mortar.returns.ReturnsEvent},
 * {@link dev.mortar.returns.Returns}, {@link dev.mortar.returns.ReturnsDecider},
 * {@link dev.mortar.returns.ReturnsRejection}, {@link dev.mortar.returns.ReturnsProcess}, then the wiring and HTTP.
 */
@NullMarked
package dev.mortar.returns;

import org.jspecify.annotations.NullMarked;
