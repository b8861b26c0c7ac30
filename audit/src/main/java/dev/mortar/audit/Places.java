package dev.mortar.audit;

import java.util.ArrayList;
import java.util.List;

/** Places packed into one long each: 8 bits topic, 12 bits partition, 44 bits offset. */
final class Places {
    private static final int OFFSET_BITS = 44;
    private static final int PARTITION_BITS = 12;

    private final List<String> topics = new ArrayList<>();

    long pack(Place place) {
        int topic = topics.indexOf(place.topic());
        if (topic < 0) {
            topic = topics.size();
            topics.add(place.topic());
        }
        return (long) topic << (OFFSET_BITS + PARTITION_BITS)
                | (long) place.partition() << OFFSET_BITS
                | place.offset();
    }

    Place unpack(long packed) {
        return new Place(
                topics.get((int) (packed >>> (OFFSET_BITS + PARTITION_BITS))),
                (int) (packed >>> OFFSET_BITS) & (1 << PARTITION_BITS) - 1,
                packed & (1L << OFFSET_BITS) - 1);
    }
}
