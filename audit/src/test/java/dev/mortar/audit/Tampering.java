package dev.mortar.audit;

import dev.mortar.schemas.EventMeta;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Predicate;
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

    /** The nth event of a type, from 0. */
    int find(String type, int nth) {
        return find(type, nth, event -> true);
    }

    int find(String type, int nth, Predicate<LoggedEvent> which) {
        int seen = 0;
        for (int i = 0; i < log.events().size(); i++) {
            var event = log.events().get(i);
            if (event.type().equals(type) && which.test(event) && seen++ == nth) {
                return i;
            }
        }
        throw new IllegalArgumentException("There is no " + type + " number " + nth);
    }

    /** Which of its type the first event with this key is. */
    int findNth(String type, String key) {
        return nth(type, event -> event.key().equals(key));
    }

    /** Which of its type the first event is that is meant. */
    int nth(String type, Predicate<LoggedEvent> which) {
        int seen = 0;
        for (var event : log.events()) {
            if (event.type().equals(type)) {
                if (which.test(event)) {
                    return seen;
                }
                seen++;
            }
        }
        throw new IllegalArgumentException("There is no such " + type);
    }

    LoggedEvent event(String type, int nth) {
        return log.events().get(find(type, nth));
    }

    /** Lets a service say something else; a path of field names and list indices leads to what. */
    Tampering change(String type, int nth, String path, @Nullable Object value) {
        edit(find(type, nth), record -> set(record, path, value));
        return this;
    }

    /** As the other one, for the first event of a type with this key. */
    Tampering change(String type, String key, String path, @Nullable Object value) {
        return change(type, findNth(type, key), path, value);
    }

    /** Changes what an event says of itself. */
    Tampering meta(String type, int nth, String field, @Nullable Object value) {
        return change(type, nth, "meta." + field, value);
    }

    Tampering cause(String type, int nth, @Nullable UUID cause) {
        return meta(type, nth, "causationId", cause);
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
    Tampering remove(String type, int nth) {
        log.events().remove(find(type, nth));
        renumber();
        return this;
    }

    /** Lets a service decide the command of an event a second time, under another command id. */
    Tampering again(String type, int nth) {
        var event = event(type, nth);
        log.events().add(event);
        var command = UUID.randomUUID();
        edit(log.events().size() - 1, record -> {
            set(record, "meta.commandId", command);
            set(record, "meta.eventId", LoggedEvent.Identity.derived(command, 0));
            set(record, "meta.index", 0);
            set(record, "meta.count", 1);
            set(record, "meta.recordedAt", log.now);
        });
        renumber();
        return this;
    }

    /** Lets a service write an event after all others instead of when it was due. */
    Tampering last(String type, int nth) {
        log.events().add(log.events().remove(find(type, nth)));
        edit(log.events().size() - 1, record -> set(record, "meta.recordedAt", log.now));
        renumber();
        return this;
    }

    /** Lets an event lie elsewhere. */
    Tampering place(String type, int nth, String key, int partition) {
        int index = find(type, nth);
        var event = log.events().get(index);
        log.events()
                .set(
                        index,
                        new LoggedEvent(
                                new RecordId(event.recordId().topic(), partition, 1_000_000),
                                event.appendedAt(),
                                key,
                                event.event()));
        renumber();
        return this;
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
            numbered.add(new LoggedEvent(
                    new RecordId(place.topic(), place.partition(), position - 1),
                    event.appendedAt(),
                    event.key(),
                    event.event()));
        }
        log.events().clear();
        log.events().addAll(numbered);
        return this;
    }

    EventMeta metaOf(String type, int nth) {
        return event(type, nth).meta();
    }
}
