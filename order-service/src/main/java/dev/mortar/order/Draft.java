package dev.mortar.order;

import dev.mortar.eventsourcing.Decision;
import java.util.ArrayList;
import java.util.List;

/** The events decided so far and the state after them. */
record Draft(Order order, List<OrderEvent> events) {
    static Draft of(Order order) {
        return new Draft(order, List.of());
    }

    Draft then(OrderEvent event) {
        List<OrderEvent> more = new ArrayList<>(events);
        more.add(event);
        return new Draft(Order.evolve(order, event), more);
    }

    OrderContents contents() {
        return Order.contents(order);
    }

    Decision<OrderEvent> accepted() {
        return Decision.accepted(events);
    }
}
