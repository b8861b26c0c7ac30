package dev.mortar.order;

import dev.mortar.eventsourcing.Caller;
import dev.mortar.eventsourcing.CommandRequest;
import dev.mortar.eventsourcing.Recorded;
import dev.mortar.eventsourcing.kafka.CommandGateway;
import dev.mortar.eventsourcing.kafka.CommandRejected;
import dev.mortar.eventsourcing.kafka.Effect;
import dev.mortar.eventsourcing.kafka.Reply;
import dev.mortar.eventsourcing.kafka.StateTables;
import dev.mortar.order.OrderCommand.DecideSourcing;
import dev.mortar.order.OrderEvent.SourcingRequested;
import dev.mortar.order.Sourcing.Demand;
import dev.mortar.order.SourcingCopy.Planned;
import java.time.Clock;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Answers each run of an order with a plan. An event is done when its plan is in the log, so no run is ever lost:
 *
 * <pre>
 * no plan, and the copy cannot be read to its end    the event comes again
 * the command is not acknowledged in time            the event comes again; the decider takes the first plan of a run
 * this process dies                                  the event comes again, here or at another instance
 * the decider refuses the plan                       it is logged; the run ends at its time limit
 * the time limit of the run has passed               nothing; the decider has ended it or ends it now
 * </pre>
 */
@Component
final class Sourcer implements Effect<OrderEvent> {

    private static final Logger LOG = LoggerFactory.getLogger(Sourcer.class);
    private static final Caller CALLER = Caller.system("sourcer");
    private static final int REPLY_MAX_SECONDS = 30;

    /** Carries a command to the decider; {@link CommandGateway#sendAsync}. */
    @FunctionalInterface
    interface Commands {
        CompletableFuture<Reply> send(DecideSourcing command, CommandRequest request);
    }

    private final Commands commands;
    private final SourcingCopy copy;
    private final Supplier<Collection<SourcingRules>> rules;
    private final Clock clock;

    @Autowired
    Sourcer(CommandGateway<OrderCommand> gateway, SourcingCopy copy, StateTables tables) {
        this(gateway::sendAsync, copy, tables.<SourcingRules>get(OrderDefinition.RULES)::values, Clock.systemUTC());
    }

    Sourcer(Commands commands, SourcingCopy copy, Supplier<Collection<SourcingRules>> rules, Clock clock) {
        this.commands = commands;
        this.copy = copy;
        this.rules = rules;
        this.clock = clock;
    }

    /** The answer completes when the plan is in the log. */
    @Override
    public CompletableFuture<?> on(Recorded<OrderEvent> recorded) {
        if (!(recorded.event() instanceof SourcingRequested run)
                || !run.decideBy().isAfter(clock.instant())) {
            return DONE;
        }
        return commands.send(answer(run), CommandRequest.causedBy(recorded, CALLER))
                .orTimeout(REPLY_MAX_SECONDS, TimeUnit.SECONDS)
                .exceptionallyCompose(failure -> {
                    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
                    if (!(cause instanceof CommandRejected)) {
                        return CompletableFuture.failedFuture(cause);
                    }
                    LOG.error("The plan of run {} was rejected: {}", run.runId(), cause.getMessage());
                    return CompletableFuture.completedFuture(null);
                });
    }

    private DecideSourcing answer(SourcingRequested run) {
        SourcingRules inForce = SourcingRules.inForce(rules.get(), run.channelId());
        Demand demand =
                new Demand(run.method(), run.parts(), run.splitMax(), run.latestReadyAt(), Set.copyOf(run.excluded()));
        Planned planned = copy.plan(demand, run.cell(), run.nearLocationId(), inForce);
        return new DecideSourcing(
                run.orderId(),
                run.runId(),
                inForce.rulesId(),
                inForce.revision(),
                planned.asOf(),
                planned.plan().shares().stream()
                        .map(share -> new DecideSourcing.Share(share.locationId(), share.parts()))
                        .toList(),
                SourcingCandidate.of(planned.plan()),
                SourcingCandidate.LeftOut.of(planned.plan()),
                planned.plan().score());
    }

    /** A plan that is under way is sent again after the next start. */
    @Override
    public void finish() {}
}
