/**
 * Orders of every channel, from placed to completed. Key: order id.
 *
 * <p>Read in this order: {@link dev.mortar.order.OrderCommand}, {@link dev.mortar.order.OrderEvent},
 * {@link dev.mortar.order.Order} (the state, with {@link dev.mortar.order.Contents}),
 * {@link dev.mortar.order.OrderDecider} (the rules, with {@link dev.mortar.order.OrderRules}),
 * {@link dev.mortar.order.OrderProcess} (what other services' events mean here),
 * {@link dev.mortar.order.OrderDefinition} (wiring), {@link dev.mortar.order.OrderAvro},
 * {@link dev.mortar.order.OrderController}, {@link dev.mortar.order.OrderServiceApplication}. Values on the way:
 * {@link dev.mortar.order.OrderLine}, {@link dev.mortar.order.Fulfilment}, {@link dev.mortar.order.Booked},
 * {@link dev.mortar.values.Money}.
 */
@NullMarked
package dev.mortar.order;

import org.jspecify.annotations.NullMarked;
