package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.kafka.CommandHeaders.SourcePosition;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * How far the commands of a partition are decided. The last event and the last reply of each transaction carry one, so
 * that it is in the log exactly when their effects are.
 *
 * @param topicId id of the command topic: in a topic that was made again, other commands have these offsets
 * @param offset of the last command decided
 * @param leaderEpoch of that command, or -1 when the broker did not say
 * @param sources of the commands that gave no event, each the highest of its source partition
 */
record Mark(String topicId, long offset, int leaderEpoch, List<SourcePosition> sources) {

    static final String HEADER = "mortar-mark";

    Mark {
        sources = List.copyOf(sources);
    }

    void addTo(Headers headers) {
        headers.add(HEADER, Json.write(this));
    }

    /** True when a record carries a mark: it is the last of its transaction in its partition. */
    static boolean isIn(Headers headers) {
        return headers.lastHeader(HEADER) != null;
    }

    /** The mark a record carries, or null. */
    static @Nullable Mark of(Headers headers) {
        Header header = headers.lastHeader(HEADER);
        return header == null ? null : Json.read(header.value(), Mark.class);
    }
}
