package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.kafka.CommandHeaders.SourcePosition;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * How far the commands of a partition are decided. The last event and the last reply of each transaction carry a mark,
 * so a mark is in the log exactly if the effects of its commands are.
 *
 * @param topicId id of the command topic; if the topic is created again, other commands have these offsets
 * @param offset of the last command decided
 * @param leaderEpoch of that command, or -1 if the broker did not return it
 * @param sources of the commands without events, the highest of each source partition; of all commands in a full mark
 */
record Mark(String topicId, long offset, int leaderEpoch, List<SourcePosition> sources) {
    static final String HEADER = "mortar-mark";

    Mark {
        sources = List.copyOf(sources);
    }

    void addTo(Headers headers) {
        headers.add(HEADER, Json.write(this));
    }

    /** True if a record carries a mark, so it is the last event or reply of its transaction in its partition. */
    static boolean isIn(Headers headers) {
        return headers.lastHeader(HEADER) != null;
    }

    static @Nullable Mark of(Headers headers) {
        Header header = headers.lastHeader(HEADER);
        return header == null ? null : Json.read(header.value(), Mark.class);
    }
}
