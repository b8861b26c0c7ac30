/**
 * The independent judge of Mortar: reads the logs of all services, folds them with rules written from the event
 * catalogue, and says which promises hold.
 *
 * <p>Read in this order: {@link dev.mortar.audit.Invariant}, {@link dev.mortar.audit.Audit}, the audit of each group
 * ({@code LogAudit}, {@code OrderAudit}, {@code StockAudit}, {@code PickupAudit}, {@code ReturnAudit},
 * {@code NotificationAudit}, {@code StoryAudit}), then {@link dev.mortar.audit.AuditCli}.
 */
@NullMarked
package dev.mortar.audit;

import org.jspecify.annotations.NullMarked;
