package dev.mortar.chaos;

import dev.mortar.localstack.Api;
import dev.mortar.localstack.Api.Request;
import dev.mortar.localstack.Http.Answer;
import dev.mortar.localstack.Service;
import dev.mortar.localstack.StackFailure;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import org.apache.kafka.common.header.Header;
import tools.jackson.databind.JsonNode;

/**
 * Brings every order to its end. The store cancels each order whose client gave up. It finds them in the log, so that
 * it also finds orders whose acknowledgement was lost.
 */
record Ending(Cluster cluster, Api api, PrintStream out) {
    private static final Duration ORDERS_END_WITHIN = Duration.ofMinutes(6);
    private static final Duration QUIET_WITHIN = Duration.ofMinutes(4);
    private static final Duration POLL = Duration.ofSeconds(2);
    private static final int REQUESTS_AT_ONCE = 16;
    private static final Set<String> ENDS = Set.of("OrderCompleted", "OrderCancelled", "OrderRejected");
    private static final Set<String> GONE = Set.of("HANDED_OVER", "EXPIRED", "CANCELLED", "REJECTED");

    /** Waits until every order has ended and nothing moves any more; orders that did not end in time. */
    Set<String> await() throws InterruptedException {
        long endNs = System.nanoTime() + ORDERS_END_WITHIN.toNanos();
        Set<String> open = open();
        int round = 0;
        while (!open.isEmpty() && System.nanoTime() < endNs) {
            out.printf("%d orders have not ended%n", open.size());
            cancel(open, "chaos-end-" + round++);
            Thread.sleep(POLL);
            open = open();
        }
        awaitQuiet();
        return open;
    }

    private void awaitQuiet() throws InterruptedException {
        List<String> topics = Service.ALL.stream().map(noun -> noun + ".events").toList();
        Map<String, Object> client = cluster.stack().client();
        long endNs = System.nanoTime() + QUIET_WITHIN.toNanos();
        long before = -1;
        long now = Groups.ends(client, topics);
        while ((before != now || !Groups.haveTakenAll(client)) && System.nanoTime() < endNs) {
            Thread.sleep(POLL);
            before = now;
            now = Groups.ends(client, topics);
        }
    }

    private Set<String> open() {
        Set<String> open = new LinkedHashSet<>();
        Set<String> over = new LinkedHashSet<>();
        Groups.read(cluster.stack().client(), List.of("order.events"), event -> {
            String orderId = new String(event.key(), StandardCharsets.UTF_8);
            Header type = event.headers().lastHeader("ce_type");
            String name = type == null ? "" : new String(type.value(), StandardCharsets.UTF_8);
            open.add(orderId);
            if (ENDS.contains(name.substring(name.lastIndexOf('.') + 1))) {
                over.add(orderId);
            }
        });
        open.removeAll(over);
        return open;
    }

    private void cancel(Set<String> orders, String round) {
        try (var threads = Executors.newFixedThreadPool(REQUESTS_AT_ONCE)) {
            orders.forEach(orderId -> threads.execute(() -> {
                try {
                    cancel(orderId, round);
                } catch (StackFailure e) {
                    out.println("Order " + orderId + " cannot be ended now: " + e.getMessage());
                }
            }));
        }
    }

    private void cancel(String orderId, String round) {
        Answer order = api.get("order", "/v1/orders/" + orderId);
        if (!order.well()) {
            return;
        }
        for (JsonNode fulfilment : order.body().path("fulfilments")) {
            String id = fulfilment.path("fulfilmentId").asString("");
            if (fulfilment.path("method").asString("").equals("CARRY_OUT")
                    || GONE.contains(fulfilment.path("status").asString(""))) {
                continue;
            }
            Answer pickup = api.get("pickup", "/v1/pickups/" + id);
            if (pickup.well() && !GONE.contains(pickup.body().path("state").asString(""))) {
                String path = "/v1/pickups/" + id + "/cancel";
                Map<String, ?> body = Map.of("reason", "CANCELLED_BY_RETAILER");
                String closer =
                        "ASSOCIATE closer-1 " + pickup.body().path("locationId").asString("");
                api.post(new Request("pickup", path, closer, round + "-" + id, body));
            }
        }
    }
}
