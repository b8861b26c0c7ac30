package dev.mortar.benchmarks;

import java.time.Duration;

/** A stack with stock and no requests. */
final class Idle extends Subject {
    private final Rig rig;
    private final Duration length;

    Idle(Rig rig, Duration length) {
        super("", rig::compiledMs);
        this.rig = rig;
        this.length = length;
    }

    @Override
    Round measure(int number) throws InterruptedException {
        Machine.Sample before = Machine.sample(rig.pids());
        Thread.sleep(length);
        Round used = Round.empty();
        before.addTo(used, rig.pids(), "second", before.seconds());
        Round round = Round.empty();
        // A millisecond of processor time a second is a thousandth of a core.
        used.figures()
                .forEach((name, ms) -> round.with(
                        name.startsWith("– ") ? name : "processor time of the system, % of a core", ms / 10));
        return round;
    }
}
