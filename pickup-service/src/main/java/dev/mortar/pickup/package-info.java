/**
 * Picks, stages and hands over the reserved goods of an order. Each fulfilment has one pickup.
 *
 * <p>Read in this order: {@link dev.mortar.pickup.PickupCommand}, {@link dev.mortar.pickup.PickupEvent},
 * {@link dev.mortar.pickup.Pickup}, {@link dev.mortar.pickup.PickupDecider}, {@link dev.mortar.pickup.PickupProcess},
 * {@link dev.mortar.pickup.PickupDefinition}, {@link dev.mortar.pickup.PickupController},
 * {@link dev.mortar.pickup.TaskController}, {@link dev.mortar.pickup.ParcelController},
 * {@link dev.mortar.pickup.PickupSender}, {@link dev.mortar.pickup.PickupServiceApplication}; then the values:
 * {@link dev.mortar.pickup.Fulfilment}, {@link dev.mortar.pickup.Goods}, {@link dev.mortar.pickup.Parcel},
 * {@link dev.mortar.pickup.TrackedParcel}, {@link dev.mortar.pickup.PickupLine},
 * {@link dev.mortar.pickup.LineQuantity}, {@link dev.mortar.pickup.OpeningHours}, {@link dev.mortar.pickup.Proof},
 * {@link dev.mortar.pickup.PickupRejection}.
 */
@NullMarked
package dev.mortar.pickup;

import org.jspecify.annotations.NullMarked;
