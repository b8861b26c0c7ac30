package dev.mortar.audit;

import dev.mortar.schemas.EventMeta;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.specific.SpecificRecordBase;
import org.jspecify.annotations.Nullable;

/** Changes a good log as a defect would have, and numbers what follows as its services then would have. */
final class Tampering {
    final Stories log;

    Tampering(Stories log) {
        this.log = log;
    }

    /**
     * The index of an event.
     *
     * @param which the number of the event among those of its type, from 0, or from -1 backwards; or a value that the
     *     event has as its key or in a field, and then it is the first such event
     */
    int find(String type, Object which) {
        var its = IntStream.range(0, log.events().size())
                .filter(i -> log.events().get(i).type().equals(type)
                        && (which instanceof Integer || has(log.events().get(i), which)))
                .boxed()
                .toList();
        int nth = which instanceof Integer number ? number : 0;
        return its.get(nth < 0 ? its.size() + nth : nth);
    }

    private static boolean has(LoggedEvent event, Object value) {
        return event.key().equals(value)
                || event.event().getSchema().getFields().stream()
                        .anyMatch(field -> value.equals(event.event().get(field.pos())));
    }

    LoggedEvent event(String type, Object which) {
        return log.events().get(find(type, which));
    }

    /** Lets a service say something else; a path of field names and list indices leads to what. */
    Tampering change(String type, Object which, String path, @Nullable Object value) {
        edit(find(type, which), record -> set(record, path, value));
        return this;
    }

    /** Changes what an event says of itself. */
    Tampering meta(String type, Object which, String field, @Nullable Object value) {
        return change(type, which, "meta." + field, value);
    }

    Tampering cause(String type, Object which, @Nullable UUID cause) {
        return meta(type, which, "causationId", cause);
    }

    private void edit(int index, Consumer<SpecificRecord> edit) {
        var event = log.events().get(index);
        var copy = SpecificData.getForClass(event.event().getClass())
                .deepCopy(event.event().getSchema(), event.event());
        edit.accept(copy);
        log.events().set(index, new LoggedEvent(event.recordId(), event.appendedAt(), event.key(), copy));
    }

    @SuppressWarnings("unchecked") // Lists of generated classes are lists of records.
    private static void set(IndexedRecord record, String path, @Nullable Object value) {
        var steps = path.split("\\.", -1);
        Object at = record;
        for (int i = 0; i < steps.length - 1; i++) {
            at = at instanceof List<?> list
                    ? list.get(Integer.parseInt(steps[i]))
                    : ((SpecificRecordBase) at).get(steps[i]);
        }
        var last = steps[steps.length - 1];
        if (at instanceof List<?> list) {
            ((List<@Nullable Object>) list).set(Integer.parseInt(last), value);
        } else {
            ((SpecificRecordBase) at).put(last, value);
        }
    }

    /** Lets a service never have written an event. */
    Tampering remove(String type, Object which) {
        log.events().remove(find(type, which));
        return renumber();
    }

    /** Lets a service decide the command of an event a second time, under another command id. */
    Tampering again(String type, Object which) {
        var event = event(type, which);
        log.events().add(event);
        var command = UUID.randomUUID();
        edit(log.events().size() - 1, record -> {
            set(record, "meta.commandId", command);
            set(record, "meta.eventId", LoggedEvent.Identity.derived(command, 0));
            set(record, "meta.index", 0);
            set(record, "meta.count", 1);
            set(record, "meta.recordedAt", log.now);
        });
        return renumber();
    }

    /** Lets a service write an event after all others instead of when it was due. */
    Tampering last(String type, Object which) {
        log.events().add(log.events().remove(find(type, which)));
        edit(log.events().size() - 1, record -> set(record, "meta.recordedAt", log.now));
        return renumber();
    }

    /** Lets an event lie elsewhere. */
    Tampering place(String type, Object which, String topic, String key, int partition) {
        int index = find(type, which);
        var event = log.events().get(index);
        var recordId = new RecordId(topic, partition, 1_000_000);
        log.events().set(index, new LoggedEvent(recordId, event.appendedAt(), key, event.event()));
        return renumber();
    }

    Tampering place(String type, Object which, String key, int partition) {
        return place(type, which, event(type, which).recordId().topic(), key, partition);
    }

    /** Numbers sequences, positions and offsets without gaps. */
    Tampering renumber() {
        var sequences = new HashMap<String, Long>();
        var positions = new HashMap<String, Long>();
        var numbered = new ArrayList<LoggedEvent>();
        for (int i = 0; i < log.events().size(); i++) {
            var event = log.events().get(i);
            var place = event.recordId();
            long position = positions.merge(place.topic() + '/' + place.partition(), 1L, Long::sum);
            var aggregate = (String) event.event().get(1);
            long sequence = sequences.merge(place.topic() + '/' + aggregate, 1L, Long::sum);
            var meta = event.meta();
            if (meta.getSequence() != sequence || meta.getPosition() != position) {
                edit(i, record -> {
                    set(record, "meta.sequence", sequence);
                    set(record, "meta.position", position);
                });
                event = log.events().get(i);
            }
            var recordId = new RecordId(place.topic(), place.partition(), position - 1);
            numbered.add(new LoggedEvent(recordId, event.appendedAt(), event.key(), event.event()));
        }
        log.events().clear();
        log.events().addAll(numbered);
        return this;
    }

    EventMeta metaOf(String type, Object which) {
        return event(type, which).meta();
    }
}
