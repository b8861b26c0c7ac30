package dev.mortar.schemas.registry;

import dev.mortar.schemas.inventory.InventoryContract;
import dev.mortar.schemas.notification.NotificationContract;
import dev.mortar.schemas.order.OrderContract;
import dev.mortar.schemas.pickup.PickupContract;
import dev.mortar.schemas.returns.ReturnsContract;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.avro.Protocol;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;

/** The contract between the services, read from the schemas: all event topics and state topics with their records. */
public final class Contract {
    private static final List<Protocol> PROTOCOLS = List.of(
            OrderContract.PROTOCOL,
            InventoryContract.PROTOCOL,
            PickupContract.PROTOCOL,
            ReturnsContract.PROTOCOL,
            NotificationContract.PROTOCOL);

    static {
        TrustedClasses.trust();
    }

    private Contract() {}

    /** All topics, by service, in the order of the schema files. */
    public static List<Topic> topics() {
        return topics(PROTOCOLS);
    }

    static List<Topic> topics(Collection<Protocol> protocols) {
        var topics = new LinkedHashMap<String, Topic>();
        for (var protocol : protocols) {
            for (var declared : protocol.getTypes()) {
                var name = declared.getProp("topic");
                if (name == null) {
                    continue;
                }
                var key = required(declared, "key");
                var owner = serviceOf(protocol.getNamespace());
                var topic = new Topic(name, key, owner, Kind.of(declared), new ArrayList<>());
                var known = Objects.requireNonNullElse(topics.putIfAbsent(name, topic), topic);
                if (!known.isLike(topic)) {
                    throw new IllegalStateException(declared.getFullName() + " and "
                            + known.types().getFirst().schema().getFullName() + " disagree about " + name);
                }
                known.types().add(RecordType.of(declared));
            }
        }
        return List.copyOf(topics.values());
    }

    private static String required(Schema record, String property) {
        var value = record.getProp(property);
        if (value == null) {
            throw new IllegalStateException(record.getFullName() + " has a topic but no @" + property);
        }
        return value;
    }

    private static String serviceOf(String namespaceOrNoun) {
        return namespaceOrNoun.substring(namespaceOrNoun.lastIndexOf('.') + 1) + "-service";
    }

    /** The kind of a topic. */
    public enum Kind {
        /** Keeps all records for ever. Each type has a subject of its own. */
        EVENT,
        /** Keeps the newest record of each key, and has one type. */
        STATE,
        /** Keeps records for a while, and has one type. No state follows from them. */
        RECORD;

        private static Kind of(Schema declared) {
            var state = declared.getProp("state");
            return switch (state) {
                case null -> EVENT;
                case "compacted" -> STATE;
                case "record" -> RECORD;
                default -> throw new IllegalStateException(declared.getFullName() + " has an unknown @state " + state);
            };
        }
    }

    /**
     * A topic of the contract. Its name has no prefix.
     *
     * @param key the field that is the key of the records; several fields are joined by {@code |}
     * @param owner the only service that writes to the topic
     */
    public record Topic(String name, String key, String owner, Kind kind, List<RecordType> types) {
        public boolean hasEvents() {
            return kind == Kind.EVENT;
        }

        public boolean isCompacted() {
            return kind == Kind.STATE;
        }

        /** The subject of one of its record types, in an environment with this topic prefix. */
        public String subject(String prefix, RecordType type) {
            var strategy =
                    hasEvents() ? SubjectNameStrategy.TopicRecordNameStrategy : SubjectNameStrategy.TopicNameStrategy;
            return strategy.subject(prefix + name, type.schema().getFullName());
        }

        /** The services that read it besides its owner's own runtime, each once. */
        public List<String> readers() {
            return types.stream()
                    .flatMap(type -> Stream.concat(type.listeners().stream(), type.readers().stream()))
                    .distinct()
                    .toList();
        }

        private boolean isLike(Topic other) {
            return key.equals(other.key) && owner.equals(other.owner) && kind == other.kind;
        }
    }

    /**
     * A record on a topic, with the schema of its generated class.
     *
     * @param listeners the services whose processes react to it, if it is an event
     * @param readers the services that keep a copy of it, if it is a state
     */
    public record RecordType(Schema schema, List<String> listeners, List<String> readers) {
        private static RecordType of(Schema declared) {
            var generated = SpecificData.get()
                    .getSchema(Objects.requireNonNull(
                            SpecificData.get().getClass(declared), declared.getFullName() + " has no generated class"));
            return new RecordType(generated, services(declared, "listeners"), services(declared, "readers"));
        }

        private static List<String> services(Schema declared, String property) {
            var nouns = declared.getObjectProp(property) instanceof Collection<?> named ? named : List.of();
            return nouns.stream().map(noun -> serviceOf(noun.toString())).toList();
        }
    }

    /** The records and enums inside a schema, each once; the schema itself is the first. */
    static Stream<Schema> namedTypesIn(Schema schema) {
        var found = new LinkedHashMap<String, Schema>();
        collect(schema, found);
        return found.values().stream();
    }

    private static void collect(Schema schema, Map<String, Schema> found) {
        switch (schema.getType()) {
            case RECORD -> {
                if (found.putIfAbsent(schema.getFullName(), schema) == null) {
                    schema.getFields().forEach(field -> collect(field.schema(), found));
                }
            }
            case ENUM, FIXED -> found.putIfAbsent(schema.getFullName(), schema);
            case ARRAY -> collect(schema.getElementType(), found);
            case MAP -> collect(schema.getValueType(), found);
            case UNION -> schema.getTypes().forEach(branch -> collect(branch, found));
            case STRING, BYTES, INT, LONG, FLOAT, DOUBLE, BOOLEAN, NULL -> {}
        }
    }
}
