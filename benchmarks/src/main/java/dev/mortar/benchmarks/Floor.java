package dev.mortar.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Utils;

/**
 * What lies under Mortar: records of the size an order writes through nothing but Kafka, on the same broker, beside the
 * same idle services; then what the disk and loopback take.
 *
 * <p>A hop is from due to seen by a consumer. A plain one is an idempotent producer and a consumer; an exactly-once one
 * is that, with a program in between that reads committed records and writes them on in a transaction.
 */
final class Floor implements Subject, AutoCloseable {
    static final String PLAIN = "plain hop";
    static final String LOOP = "exactly-once hop, bare loop";

    private static final String PLAIN_TOPIC = "floor.plain";
    private static final String LOOP_IN = "floor.loop-in";
    private static final String LOOP_OUT = "floor.loop-out";
    private static final int PARTITIONS = 4;
    private static final int RETRY_BACKOFF_MS = 2;
    private static final int DRAINED = 50_000;
    private static final int KEYS = 1_000;
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration SEEN_WITHIN = Duration.ofSeconds(60);
    private static final long LOOK_NS = 200_000;

    private static final int FSYNCS = 200;
    private static final int FSYNC_BYTES = 4 * 1_024;
    private static final int WRITE_BYTES = 256 * 1_024 * 1_024;
    private static final int ROUND_TRIPS = 5_000;
    private static final int ROUND_TRIP_BYTES = 1_024;

    private final Rig rig;
    private final Path folder;
    private final double rate;
    private final Duration length;
    private final Duration warmUp;
    private final int recordBytes;
    private final Producer<byte[], byte[]> producer;
    private final Thread loop;
    private final Map<String, Reader> readers = new LinkedHashMap<>();
    private volatile boolean closing;

    /**
     * A floor under an order.
     *
     * @param folder on the disk that the broker writes to
     * @param rate records due in a second in each hop
     * @param length of a round's load on each hop
     * @param recordBytes of each record
     */
    Floor(Rig rig, Path folder, double rate, Duration length, Duration warmUp, int recordBytes)
            throws ExecutionException, InterruptedException {
        this.rig = rig;
        this.folder = folder;
        this.rate = rate;
        this.length = length;
        this.warmUp = warmUp;
        this.recordBytes = recordBytes;
        String bootstrap = rig.stack().bootstrapServers();
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap))) {
            admin.createTopics(List.of(PLAIN_TOPIC, LOOP_IN, LOOP_OUT).stream()
                            .map(topic -> new NewTopic(topic, PARTITIONS, (short) 1))
                            .toList())
                    .all()
                    .get();
        }
        producer = new KafkaProducer<>(producerSettings(bootstrap));
        loop = Thread.ofPlatform().daemon().name("floor-loop").unstarted(() -> loop(bootstrap));
        for (String topic : List.of(PLAIN_TOPIC, LOOP_OUT)) {
            readers.put(topic, new Reader(bootstrap, topic));
        }
    }

    @Override
    public String name() {
        return "floor";
    }

    @Override
    public void warmUp() {
        loop.start();
        readers.values().forEach(reader -> reader.thread.start());
        hop(PLAIN_TOPIC, PLAIN_TOPIC, warmUp, 0);
        hop(LOOP_IN, LOOP_OUT, warmUp, 0);
    }

    @Override
    public Round measure(int number) throws IOException {
        Machine.Sample before = Machine.sample(rig.pids());
        Hop plain = hop(PLAIN_TOPIC, PLAIN_TOPIC, length, number);
        Hop throughLoop = hop(LOOP_IN, LOOP_OUT, length, number);
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("due, records/s in each hop", rate);
        figures.put("bytes of a record", (double) recordBytes);
        figures.put("plain, records/s", drain(PLAIN_TOPIC, PLAIN_TOPIC));
        figures.put("exactly-once bare loop, records/s", drain(LOOP_IN, LOOP_OUT));
        Map<String, Quantiles> latencies = new LinkedHashMap<>();
        latencies.put(PLAIN, plain.seen());
        latencies.put(LOOP, throughLoop.seen());
        latencies.put("fsync of 4 KiB", fsync());
        latencies.put("loopback round trip of 1 KiB", roundTrips());
        figures.put("written and synced, MB/s", written());
        long done = plain.seen().count() + throughLoop.seen().count() + 2 * DRAINED;
        Machine.Use use = before.until(Machine.sample(rig.pids()));
        return new Round(name(), number, "record", done, figures, latencies, plain.lag(), use, List.of());
    }

    @Override
    public void close() throws InterruptedException {
        closing = true;
        loop.join();
        for (Reader reader : readers.values()) {
            reader.thread.join();
        }
        producer.close();
    }

    private record Hop(Quantiles seen, Quantiles lag) {}

    /** Sends records on a schedule and waits until all have been seen. */
    private Hop hop(String in, String out, Duration lasting, int seed) {
        Reader reader = reader(out);
        reader.begin();
        OpenLoop.Sent sent = OpenLoop.run(
                new Arrivals(rate, new Random(seed), false), lasting, (index, due) -> send(in, index, due));
        await(reader, sent.sent());
        return new Hop(Quantiles.of(reader.latencies), sent.lag());
    }

    /** Records in a second from the first sent to the last seen, as many at once as Kafka takes. */
    private double drain(String in, String out) {
        Reader reader = reader(out);
        reader.begin();
        long beganNs = System.nanoTime();
        for (int index = 0; index < DRAINED; index++) {
            send(in, index, System.nanoTime());
        }
        await(reader, DRAINED);
        return DRAINED / ((System.nanoTime() - beganNs) / 1e9);
    }

    private Reader reader(String topic) {
        Reader reader = readers.get(topic);
        if (reader == null) {
            throw new IllegalArgumentException("Nobody reads " + topic);
        }
        return reader;
    }

    private void send(String topic, int index, long dueNs) {
        byte[] value = new byte[recordBytes];
        ByteBuffer.wrap(value).putLong(dueNs);
        byte[] key = ByteBuffer.allocate(Integer.BYTES).putInt(index % KEYS).array();
        producer.send(new ProducerRecord<>(topic, key, value));
    }

    private static void await(Reader reader, int records) {
        long endNs = System.nanoTime() + SEEN_WITHIN.toNanos();
        while (reader.seen.get() < records) {
            if (System.nanoTime() > endNs) {
                throw new IllegalStateException("%d of %d records were seen on %s within %d s"
                        .formatted(reader.seen.get(), records, reader.topic, SEEN_WITHIN.toSeconds()));
            }
            LockSupport.parkNanos(LOOK_NS);
        }
    }

    /** Follows a topic and records how old what it sees is. */
    private final class Reader {
        private final String topic;
        private final Thread thread;
        private final AtomicInteger seen = new AtomicInteger();
        private final ConcurrentHistogram latencies = Quantiles.histogram();

        Reader(String bootstrap, String topic) {
            this.topic = topic;
            thread = Thread.ofPlatform().daemon().name("reader-of-" + topic).unstarted(() -> read(bootstrap));
        }

        void begin() {
            seen.set(0);
            latencies.reset();
        }

        private void read(String bootstrap) {
            try (Consumer<byte[], byte[]> consumer = consumer(bootstrap, topic)) {
                while (!closing) {
                    ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
                    long nowNs = System.nanoTime();
                    for (ConsumerRecord<byte[], byte[]> record : records) {
                        Quantiles.record(
                                latencies,
                                nowNs - ByteBuffer.wrap(record.value()).getLong());
                    }
                    seen.addAndGet(records.count());
                }
            }
        }
    }

    private void loop(String bootstrap) {
        Map<String, Object> settings = producerSettings(bootstrap);
        settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "floor-loop");
        settings.put(ProducerConfig.RETRY_BACKOFF_MS_CONFIG, RETRY_BACKOFF_MS);
        try (Consumer<byte[], byte[]> consumer = consumer(bootstrap, LOOP_IN);
                Producer<byte[], byte[]> transactional = new KafkaProducer<>(settings)) {
            transactional.initTransactions();
            while (!closing) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
                if (records.isEmpty()) {
                    continue;
                }
                transactional.beginTransaction();
                Map<TopicPartition, OffsetAndMetadata> next = new LinkedHashMap<>();
                for (ConsumerRecord<byte[], byte[]> record : records) {
                    transactional.send(new ProducerRecord<>(LOOP_OUT, record.key(), record.value()));
                    next.put(
                            new TopicPartition(record.topic(), record.partition()),
                            new OffsetAndMetadata(record.offset() + 1));
                }
                transactional.sendOffsetsToTransaction(next, consumer.groupMetadata());
                transactional.commitTransaction();
            }
        }
    }

    private static Map<String, Object> producerSettings(String bootstrap) {
        return Utils.mkMap(
                Utils.mkEntry(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap),
                Utils.mkEntry(ProducerConfig.ACKS_CONFIG, "all"),
                Utils.mkEntry(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true),
                Utils.mkEntry(ProducerConfig.LINGER_MS_CONFIG, 0),
                Utils.mkEntry(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class),
                Utils.mkEntry(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class));
    }

    /** Reads committed records of all partitions from the beginning. */
    private static Consumer<byte[], byte[]> consumer(String bootstrap, String topic) {
        var consumer = new KafkaConsumer<byte[], byte[]>(Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrap,
                ConsumerConfig.GROUP_ID_CONFIG,
                "floor-" + topic,
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class,
                ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class));
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        return consumer;
    }

    private Quantiles fsync() throws IOException {
        Files.createDirectories(folder);
        Path file = folder.resolve("fsync");
        ConcurrentHistogram times = Quantiles.histogram();
        try (var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            for (int i = 0; i < FSYNCS; i++) {
                long beganNs = System.nanoTime();
                channel.write(ByteBuffer.allocate(FSYNC_BYTES));
                channel.force(false);
                Quantiles.record(times, System.nanoTime() - beganNs);
            }
        }
        Files.delete(file);
        return Quantiles.of(times);
    }

    private double written() throws IOException {
        Path file = folder.resolve("written");
        ByteBuffer block = ByteBuffer.allocateDirect(1_024 * 1_024);
        long beganNs = System.nanoTime();
        try (var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            for (int bytes = 0; bytes < WRITE_BYTES; bytes += block.capacity()) {
                channel.write(block.rewind());
            }
            channel.force(false);
        }
        double seconds = (System.nanoTime() - beganNs) / 1e9;
        Files.delete(file);
        return WRITE_BYTES / 1e6 / seconds;
    }

    private static Quantiles roundTrips() throws IOException {
        ConcurrentHistogram times = Quantiles.histogram();
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var client = new Socket(server.getInetAddress(), server.getLocalPort());
                Socket other = server.accept()) {
            client.setTcpNoDelay(true);
            other.setTcpNoDelay(true);
            Thread echo = Thread.ofPlatform().daemon().start(() -> echo(other));
            byte[] sent = new byte[ROUND_TRIP_BYTES];
            for (int i = 0; i < ROUND_TRIPS; i++) {
                long beganNs = System.nanoTime();
                client.getOutputStream().write(sent);
                client.getInputStream().readNBytes(sent, 0, sent.length);
                Quantiles.record(times, System.nanoTime() - beganNs);
            }
            client.shutdownOutput();
            echo.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
        return Quantiles.of(times);
    }

    private static void echo(Socket socket) {
        byte[] bytes = new byte[ROUND_TRIP_BYTES];
        try {
            while (socket.getInputStream().readNBytes(bytes, 0, bytes.length) == bytes.length) {
                socket.getOutputStream().write(bytes);
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
