/**
 * The independent judge of Mortar: reads the logs of all services, folds them with rules of its own, which follow the
 * event catalogue, and reports which promises hold.
 *
 * <p>Read in this order: {@link dev.mortar.audit.Invariant}, {@link dev.mortar.audit.Audit},
 * {@link dev.mortar.audit.Auditor}, then the auditor of a group: {@code OrderAudit}, {@code StockAudit},
 * {@code PickupAudit}, {@code ReturnAudit}, {@code NotificationAudit}. Each {@code Story} follows one part of an
 * order's way through several services. {@link dev.mortar.audit.AuditCli} is the command.
 */
@NullMarked
package dev.mortar.audit;

import org.jspecify.annotations.NullMarked;
