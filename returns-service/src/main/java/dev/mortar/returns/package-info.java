/**
 * Returns: knows what was handed over and what came back, so that no unit comes back twice and never a cent more is
 * refunded than was paid. One aggregate for each order.
 *
 * <p>Reading order: {@link dev.mortar.returns.ReturnsCommand}, {@link dev.mortar.returns.ReturnsEvent},
 * {@link dev.mortar.returns.Returns}, {@link dev.mortar.returns.ReturnsDecider},
 * {@link dev.mortar.returns.ReturnsRejection}, {@link dev.mortar.returns.ReturnsProcess}, then the wiring and HTTP.
 */
@NullMarked
package dev.mortar.returns;

import org.jspecify.annotations.NullMarked;
