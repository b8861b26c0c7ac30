package dev.mortar.benchmarks;

import dev.mortar.localstack.Part;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** {@code kill -9} of the instance that decides, until the other instance answers a request. */
final class Takeover extends Subject {
    private static final Duration SESSION_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration ANSWERED_WITHIN = Duration.ofMinutes(2);
    private static final String BODY = "{\"lines\":[{\"sku\":\"takeover\",\"quantity\":1}]}";

    private final Rig rig;
    /** The first of them is the owner: it started first, and it stays the owner while it lives. */
    private List<String> instances = List.of("inventory", "inventory-2");

    Takeover(Rig rig) {
        super("second instance", rig::compiledMs);
        this.rig = rig;
        rig.stack.startInstance("inventory", 2);
    }

    @Override
    Round measure(int number) {
        Part owner = rig.stack.service(instances.getFirst());
        String url = rig.stack.url(instances.getLast()) + "/v1/locations/"
                + Retailer.stores().getFirst() + "/receipts";
        long beganNs = System.nanoTime();
        owner.kill9();
        boolean answered = false;
        while (!answered && System.nanoTime() - beganNs < ANSWERED_WITHIN.toNanos()) {
            String key = UUID.randomUUID().toString();
            answered = Posts.post(url, key, EventWatch.traceparent(1, 1), BODY, 0, rig.caller())
                            .join()
                            .status()
                    == 200;
        }
        double seconds = (System.nanoTime() - beganNs) / 1e9;
        owner.start();
        owner.awaitReady();
        instances = instances.reversed();
        Round round = Round.empty()
                .with("from kill -9 of the owner to an answer of the other, s", seconds)
                .with("of it after the session timeout, s", seconds - SESSION_TIMEOUT.toSeconds());
        if (!answered) {
            round.wrong().add("The other instance did not answer");
        }
        return round;
    }
}
