package dev.mortar.eventsourcing.kafka;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/** How far a consumer is behind the logs that it reads. The polling thread updates it; any thread may read it. */
final class Lag {
    private volatile long records;
    private volatile long behindSinceNs;

    void learn(Consumer<?, ?> consumer, long nowNs) {
        long behind = 0;
        for (TopicPartition log : consumer.assignment()) {
            behind += consumer.currentLag(log).orElse(0);
        }
        if (behind == 0 || records == 0) {
            behindSinceNs = nowNs;
        }
        records = behind;
    }

    long records() {
        return records;
    }

    /** Seconds since the consumer was last at the end of all its logs. */
    double seconds(long nowNs) {
        return records == 0 ? 0 : (nowNs - behindSinceNs) / 1e9;
    }
}
