package dev.mortar.inventory;

import dev.mortar.values.CapacityRule;
import dev.mortar.values.FulfilmentMethod;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a location offers to orders, and how fast. {@code inventory.avdl} explains every field.
 *
 * @param dispatchTimes local times as HH:MM at which couriers leave, in ascending order
 * @param acceptWithinMinutes null if nobody has to accept a task
 */
record Offer(
        List<FulfilmentMethod> methods,
        boolean onlineEnabled,
        int priority,
        int leadMinutes,
        int closingBufferMinutes,
        List<String> dispatchTimes,
        @Nullable Integer acceptWithinMinutes,
        List<CapacityRule> capacity) {

    static final List<FulfilmentMethod> METHODS =
            List.of(FulfilmentMethod.PICKUP, FulfilmentMethod.CURBSIDE, FulfilmentMethod.DELIVERY);

    /** The offer of a location whose registration says nothing of it. */
    static final Offer DEFAULT = new Offer(METHODS, true, 100, 60, 30, List.of(), null, List.of());

    /** True when the location limits the fulfilments of the method. */
    boolean limits(FulfilmentMethod method) {
        return capacity.stream().anyMatch(rule -> rule.method() == method);
    }
}
