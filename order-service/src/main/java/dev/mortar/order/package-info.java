/**
 * Orders of every channel, from placed to completed. The key is the order id.
 *
 * <p>Read in this order: {@link dev.mortar.order.OrderCommand}, {@link dev.mortar.order.OrderEvent},
 * {@link dev.mortar.order.Order} (the state, with {@link dev.mortar.order.OrderContents}),
 * {@link dev.mortar.order.OrderDecider} (the rules, with {@link dev.mortar.order.OrderRules} and
 * {@link dev.mortar.order.FulfilmentRules}; those of the search for locations are {@link dev.mortar.order.RunRules},
 * {@link dev.mortar.order.LossRules} and {@link dev.mortar.order.MoveRules}; those of requests to cancel are
 * {@link dev.mortar.order.CancelRules}, those of parcels {@link dev.mortar.order.ParcelRules}),
 * {@link dev.mortar.order.Sourcer} (answers the search, with {@link dev.mortar.order.SourcingCopy} and
 * {@link dev.mortar.order.Sourcing}), {@link dev.mortar.order.OrderProcess} (turns events of other services into
 * commands), {@link dev.mortar.order.OrderDefinition} (wiring), {@link dev.mortar.order.OrderController},
 * {@link dev.mortar.order.OrderServiceApplication}. Values: {@link dev.mortar.values.OrderLine},
 * {@link dev.mortar.order.Fulfilment}, {@link dev.mortar.order.RequestedOrder}, {@link dev.mortar.order.TillSale},
 * {@link dev.mortar.values.Money}.
 */
@NullMarked
package dev.mortar.order;

import org.jspecify.annotations.NullMarked;
