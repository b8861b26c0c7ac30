package dev.mortar.schemas.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mortar.schemas.Actor;
import dev.mortar.schemas.ActorType;
import dev.mortar.schemas.EventMeta;
import dev.mortar.schemas.Money;
import dev.mortar.schemas.SkuQuantity;
import dev.mortar.schemas.Unit;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.IndexedRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

class AvroSerdeTest {
    private static final String TOPIC = "order.events";

    private String url = "";
    private MemoryRegistry registry = new MemoryRegistry();

    @BeforeEach
    void ownRegistry(TestInfo test) {
        var scope = getClass().getSimpleName() + "." + test.getDisplayName();
        url = "mock://" + scope;
        registry = MemoryRegistry.shared(scope);
    }

    @Test
    void framesMagicByteThenSchemaIdThenAvroBinary() {
        registerFillers(0x0102);
        var money = Money.newBuilder().setAmount(-300).setCurrency("EUR").build();

        // -300 in zigzag is 599 = 0b100_1010111, so the varint 0xd7 0x04; a string is its length in zigzag, then UTF-8.
        assertThat(serializer(Map.of()).serialize(TOPIC, money))
                .containsExactly(0, 0, 0, 0x01, 0x03, 0xd7, 0x04, 0x06, 'E', 'U', 'R');
    }

    @Test
    void writesEnumsByIndexAndUnionsByBranch() {
        var till = new Actor(ActorType.TILL, "é", null, null);
        var associate = new Actor(ActorType.ASSOCIATE, "a", "L", "shop");

        // ActorType.TILL is symbol 3, zigzag 6; é takes two bytes of UTF-8; branch 0 of the union is null and has no
        // bytes.
        assertThat(serializer(Map.of()).serialize(TOPIC, till))
                .containsExactly(0, 0, 0, 0, 1, 0x06, 0x04, 0xc3, 0xa9, 0x00, 0x00);
        // Branch 1 is the string: zigzag 2, then its length and text.
        assertThat(serializer(Map.of()).serialize(TOPIC, associate))
                .containsExactly(0, 0, 0, 0, 1, 0x04, 0x02, 'a', 0x02, 0x02, 'L', 0x02, 0x08, 's', 'h', 'o', 'p');
    }

    @Test
    void writesUuidsAsTextAndInstantsAsMicroseconds() {
        var bytes = bytes(serializer(Map.of()), meta(null));

        var id = "00000000-0000-0001-0000-000000000002";
        assertThat(bytes[5]).as("length 36 in zigzag").isEqualTo((byte) 72);
        assertThat(new String(bytes, 6, 36, StandardCharsets.US_ASCII)).isEqualTo(id);
        // index 0, count 1, sequence 7, position 64 (zigzag 128 takes two bytes)
        assertThat(List.of(bytes[42], bytes[43], bytes[44], bytes[45], bytes[46]))
                .containsExactly((byte) 0, (byte) 2, (byte) 14, (byte) 0x80, (byte) 0x01);
        // occurredAt: one microsecond before 1970 is -1, zigzag 1; recordedAt: 1 s and 1 µs is 1_000_001, zigzag
        // 2_000_002
        assertThat(List.of(bytes[47], bytes[48], bytes[49], bytes[50]))
                .containsExactly((byte) 1, (byte) 0x82, (byte) 0x89, (byte) 0x7a);
    }

    @Test
    void givesBackWhatWasWritten() {
        for (var causation : new UUID[] {null, UUID.randomUUID()}) {
            var written = meta(causation);
            var read = (EventMeta) Objects.requireNonNull(
                    deserializer(true).deserialize(TOPIC, bytes(serializer(Map.of()), written)));

            assertThat(read).isEqualTo(written).isNotSameAs(written);
            assertThat(read.getOccurredAt()).isEqualTo(Instant.EPOCH.minus(1, ChronoUnit.MICROS));
            assertThat(read.getCausationId()).isEqualTo(causation);
        }
    }

    @Test
    void passesNullOnAsTombstone() {
        assertThat(serializer(Map.of()).serialize(TOPIC, null)).isNull();
        assertThat(deserializer(true).deserialize(TOPIC, null)).isNull();
    }

    @Test
    void readsWhatAnEarlierAndALaterVersionWrote() {
        var earlier = record("{'name':'sku','type':'string'},{'name':'quantity','type':'long'}");
        var old = new GenericData.Record(earlier);
        old.put("sku", "a");
        old.put("quantity", 3L);
        var later = record("{'name':'sku','type':'string'},{'name':'quantity','type':'long'},"
                + "{'name':'unit','type':{'type':'enum','name':'Unit','symbols':['UNKNOWN','EACH','GRAM','MILLILITRE','METRE'],"
                + "'default':'UNKNOWN'},'default':'EACH'},{'name':'added','type':['null','string'],'default':null}");
        var recent = new GenericData.Record(later);
        recent.put("sku", "b");
        recent.put("quantity", 4L);
        recent.put("unit", new GenericData.EnumSymbol(later.getField("unit").schema(), "METRE"));
        recent.put("added", "unheard of");

        assertThat(deserializer(true).deserialize(TOPIC, serializer(Map.of()).serialize(TOPIC, old)))
                .isEqualTo(new SkuQuantity("a", 3L, Unit.EACH));
        assertThat(deserializer(true).deserialize(TOPIC, serializer(Map.of()).serialize(TOPIC, recent)))
                .isEqualTo(new SkuQuantity("b", 4L, Unit.UNKNOWN));
    }

    @Test
    void readsGenericRecordsByTheWritersSchema() {
        var bytes = bytes(serializer(Map.of()), new SkuQuantity("a", 3L, Unit.GRAM));

        assertThat(deserializer(false).deserialize(TOPIC, bytes)).isInstanceOfSatisfying(GenericRecord.class, read -> {
            assertThat(read.getSchema()).isEqualTo(SkuQuantity.getClassSchema());
            assertThat(read.get("quantity")).isEqualTo(3L);
            assertThat(read.get("unit")).hasToString("GRAM");
        });
    }

    @Test
    void registersUnderTheConfiguredSubject() {
        var record = new SkuQuantity("a", 3L, Unit.GRAM);
        var name = "dev.mortar.schemas.SkuQuantity";
        var confluent = "io.confluent.kafka.serializers.subject.";

        serializer(Map.of()).serialize("byTopic", record);
        serializer(Map.of("value.subject.name.strategy", confluent + "TopicRecordNameStrategy"))
                .serialize("both", record);
        serializer(Map.of("value.subject.name.strategy", "RecordNameStrategy")).serialize("byRecord", record);

        for (var subject : List.of("byTopic-value", "both-" + name, name)) {
            assertThat(registry.latest(subject).schema()).isEqualTo(SkuQuantity.getClassSchema());
        }
    }

    @Test
    void looksUpAndNeverRegistersWhenToldSo() {
        var config = Map.of("auto.register.schemas", "false", "value.subject.name.strategy", "TopicRecordNameStrategy");
        var money = new Money(1L, "EUR");
        var serializer = serializer(config);

        assertThatThrownBy(() -> serializer.serialize(TOPIC, money))
                .isInstanceOfSatisfying(
                        RegistryException.NotFound.class,
                        e -> assertThat(e.errorCode()).isEqualTo(40401));

        int id = registry.register(TOPIC + "-dev.mortar.schemas.Money", Money.getClassSchema());
        assertThat(ConfluentFrame.schemaId(bytes(serializer, money))).isEqualTo(id);
    }

    @Test
    void refusesToWriteKeys() {
        var serializer = new AvroSerializer<Money>();

        assertThatThrownBy(() -> serializer.configure(config(Map.of()), true)).hasMessageContaining("Keys are text");
    }

    @Test
    void refusesBytesInAnotherFormat() {
        var deserializer = deserializer(true);

        assertThatThrownBy(() -> deserializer.deserialize(TOPIC, "{\"a\":1}".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(ConfluentFrame.NotFramed.class)
                .hasMessageContaining("magic byte");
        assertThatThrownBy(() -> deserializer.deserialize(TOPIC, new byte[] {0, 0, 0, 1}))
                .isInstanceOf(ConfluentFrame.NotFramed.class)
                .hasMessageContaining("4 bytes");
    }

    @Test
    void namesAnIdThatTheRegistryDoesNotKnow() {
        assertThatThrownBy(() -> deserializer(true).deserialize(TOPIC, new byte[] {0, 0, 0, 0, 99, 1}))
                .isInstanceOfSatisfying(
                        RegistryException.NotFound.class,
                        e -> assertThat(e.errorCode()).isEqualTo(40403))
                .hasMessageContaining("99");
    }

    @Test
    void refusesATypeWithoutGeneratedClassAndTypesThatAvroDoesNotTrust() {
        var unheardOf = new Schema.Parser()
                .parse("{\"type\":\"record\",\"name\":\"dev.mortar.schemas.Unheard\",\"fields\":[]}");
        var runtime = new Schema.Parser().parse("{\"type\":\"record\",\"name\":\"java.lang.Runtime\",\"fields\":[]}");
        var serializer = serializer(Map.of());

        assertThatThrownBy(() -> deserializer(true)
                        .deserialize("a", serializer.serialize("a", new GenericData.Record(unheardOf))))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("dev.mortar.schemas.Unheard");
        assertThatThrownBy(() ->
                        deserializer(true).deserialize("b", serializer.serialize("b", new GenericData.Record(runtime))))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("java.lang.Runtime");
    }

    @Test
    void namesARecordThatDoesNotFitItsSchemaAndGoesOn() {
        var serializer = serializer(Map.of());
        var incomplete = new GenericData.Record(Money.getClassSchema());
        incomplete.put("amount", 5L);

        assertThatThrownBy(() -> serializer.serialize(TOPIC, incomplete))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("dev.mortar.schemas.Money")
                .hasMessageContaining(TOPIC);
        assertThat(serializer.serialize(TOPIC, new Money(0L, "")))
                .as("nothing of the record that failed half way is left")
                .containsExactly(0, 0, 0, 0, 1, 0, 0);
    }

    @Test
    void neverGivesARecordForBytesThatAreCutOffOrGoOn() {
        var bytes = bytes(serializer(Map.of()), meta(UUID.randomUUID()));
        var deserializer = deserializer(true);

        for (int length = 0; length < bytes.length; length++) {
            var cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> deserializer.deserialize(TOPIC, cut)).isInstanceOf(SerializationException.class);
        }
        var longer = Arrays.copyOf(bytes, bytes.length + 1);
        assertThatThrownBy(() -> deserializer.deserialize(TOPIC, longer))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("continue after");
    }

    @Test
    void givesARecordOrASerializationExceptionForAnyDamage() {
        long seed = Long.getLong("mortar.seed", 1);
        var random = new Random(seed);
        var bytes = bytes(serializer(Map.of()), meta(UUID.randomUUID()));
        var deserializer = deserializer(true);

        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            var damaged = bytes.clone();
            damaged[ConfluentFrame.HEADER_BYTES + random.nextInt(bytes.length - ConfluentFrame.HEADER_BYTES)] ^=
                    (byte) (1 << random.nextInt(8));
            try {
                assertThat(deserializer.deserialize(TOPIC, damaged))
                        .as("seed %d", seed)
                        .isInstanceOf(EventMeta.class);
            } catch (SerializationException expected) {
                refused++;
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
        assertThat(refused).as("seed %d", seed).isPositive();
    }

    @Test
    void servesManyThreadsAtOnce() throws Exception {
        var serializer = serializer(Map.of());
        var deserializer = deserializer(true);

        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var results = new ArrayList<Future<?>>();
            for (int thread = 0; thread < 16; thread++) {
                long first = thread * 1_000L;
                results.add(threads.submit(() -> {
                    for (long amount = first; amount < first + 1_000; amount++) {
                        var money = new Money(amount, "C" + amount);
                        assertThat(deserializer.deserialize(TOPIC, serializer.serialize(TOPIC, money)))
                                .isEqualTo(money);
                    }
                }));
            }
            for (var result : results) {
                result.get();
            }
        }
    }

    private void registerFillers(int count) {
        for (int i = 0; i < count; i++) {
            registry.register("filler" + i, Schema.createRecord("Filler" + i, null, "filler", false, List.of()));
        }
    }

    private static Schema record(String fields) {
        return new Schema.Parser()
                .parse(("{'type':'record','name':'SkuQuantity','namespace':'dev.mortar.schemas','fields':[" + fields
                                + "]}")
                        .replace('\'', '"'));
    }

    private static EventMeta meta(@Nullable UUID causationId) {
        return EventMeta.newBuilder()
                .setEventId(new UUID(1, 2))
                .setIndex(0)
                .setCount(1)
                .setSequence(7)
                .setPosition(64)
                .setOccurredAt(Instant.EPOCH.minus(1, ChronoUnit.MICROS))
                .setRecordedAt(Instant.EPOCH.plus(1_000_001, ChronoUnit.MICROS))
                .setCommandId(new UUID(3, 4))
                .setCausationId(causationId)
                .setCorrelationId("c")
                .setActor(new Actor(ActorType.SYSTEM, "test", null, null))
                .build();
    }

    private static byte[] bytes(AvroSerializer<IndexedRecord> serializer, IndexedRecord record) {
        return Objects.requireNonNull(serializer.serialize(TOPIC, record));
    }

    private AvroSerializer<IndexedRecord> serializer(Map<String, ?> more) {
        var serializer = new AvroSerializer<IndexedRecord>();
        serializer.configure(config(more), false);
        return serializer;
    }

    private AvroDeserializer<IndexedRecord> deserializer(boolean specific) {
        var deserializer = new AvroDeserializer<IndexedRecord>();
        deserializer.configure(config(Map.of("specific.avro.reader", specific)), false);
        return deserializer;
    }

    private Map<String, Object> config(Map<String, ?> more) {
        var config = new HashMap<String, Object>(more);
        config.put("schema.registry.url", url);
        return config;
    }
}
