package dev.mortar.eventsourcing.kafka;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.systemtests.TheStack;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.listener.ContainerProperties;

/** A listener of the kit on the real broker. */
class GroupListenerIT {

    private static final String TOPIC = "group-listener-it";
    private static final String GROUP = "group-listener-it";
    private static final int RECORDS = 50;

    @Test
    void anOrderlyStopCommitsWhatIsDone() throws Exception {
        Map<String, Object> broker = Map.of("bootstrap.servers", TheStack.get().bootstrapServers());
        BlockingQueue<Long> heard = new LinkedBlockingQueue<>();
        try (Admin admin = Admin.create(broker);
                var producer = new KafkaProducer<>(broker, new StringSerializer(), new ByteArraySerializer())) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get();
            GroupListener listener = listener(heard);
            listener.start();
            var all = new HashSet<Long>();
            for (int i = 0; i < RECORDS; i++) {
                producer.send(new ProducerRecord<>(TOPIC, "key", "value".getBytes(StandardCharsets.UTF_8)))
                        .get();
                all.add(heard.poll(30, SECONDS));
            }
            assertThat(all).hasSize(RECORDS).doesNotContainNull();

            listener.stop();

            assertThat(admin.listConsumerGroupOffsets(GROUP)
                            .partitionsToOffsetAndMetadata()
                            .get()
                            .get(new TopicPartition(TOPIC, 0)))
                    .extracting(OffsetAndMetadata::offset)
                    .isEqualTo((long) RECORDS);
        }
    }

    private static GroupListener listener(BlockingQueue<Long> heard) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                TheStack.get().bootstrapServers(),
                "group.id",
                GROUP,
                "group.instance.id",
                "only",
                "auto.offset.reset",
                "earliest",
                "enable.auto.commit",
                false);
        var properties = new ContainerProperties(TOPIC);
        return new GroupListener(
                "test",
                new DefaultKafkaConsumerFactory<>(settings, new StringDeserializer(), new ByteArrayDeserializer()),
                properties,
                Duration.ZERO,
                (records, _) -> records.forEach(record -> heard.add(record.offset())),
                new StopOnFailedReaction(),
                () -> {},
                _ -> {});
    }
}
