package dev.mortar.benchmarks;

import dev.mortar.localstack.Part;

/** {@code kill -9} of inventory-service, and its next start until it is ready. */
final class Restart extends Subject {
    static final String FIGURE = "from kill -9 to ready, s";
    private final Part service;

    Restart(String name, Rig rig) {
        super(name, () -> 0);
        service = rig.stack.service("inventory");
    }

    /** The first start after the stack's own start; a start has nothing warm but the disk. */
    @Override
    void exercise() {
        measure(0);
    }

    @Override
    Round measure(int number) {
        long beganNs = System.nanoTime();
        service.kill9();
        service.start();
        service.awaitReady();
        return Round.empty().with(FIGURE, (System.nanoTime() - beganNs) / 1e9);
    }
}
