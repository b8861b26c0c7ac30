package dev.mortar.simulation;

import dev.mortar.eventsourcing.kafka.SimulatedService.LaneStopped;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Something that can take a step. */
final class Part {
    final String name;
    /** It takes no step before so many decisions are made. */
    int frozenUntil;

    private final BooleanSupplier hasWork;
    private final Consumer<RandomGenerator> step;

    /** A part ended by an exception, which must not happen. */
    static final class Stopped extends RuntimeException {
        final String problem;

        Stopped(String problem, @Nullable Throwable cause) {
            super(problem, cause);
            this.problem = problem;
        }
    }

    Part(String name, BooleanSupplier hasWork, Consumer<RandomGenerator> step) {
        this.name = name;
        this.hasWork = hasWork;
        this.step = step;
    }

    boolean hasWork() {
        return hasWork.getAsBoolean();
    }

    void step(RandomGenerator random) {
        try {
            step.accept(random);
        } catch (LaneStopped e) {
            throw new Stopped(name + " has stopped partitions: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            throw new Stopped(name + " stopped: " + e, e);
        }
    }
}
