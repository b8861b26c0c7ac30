package dev.mortar.eventsourcing.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RowCacheTest {
    private static final int KEYS = 40;
    private static final int WRITES = 60_000;
    private static final int READERS = 3;
    /** Room for about a quarter of the keys. */
    private static final long FEW_BYTES = 1_200;

    private static final AtomicInteger WRITTEN = new AtomicInteger();
    private static final AtomicInteger READ = new AtomicInteger();
    private static final Form<Long> COUNTED = Form.of(
            value -> {
                WRITTEN.incrementAndGet();
                return Form.NUMBER.write(value);
            },
            bytes -> {
                READ.incrementAndGet();
                return Form.NUMBER.read(bytes);
            });

    private final MemoryLocalStore store = new MemoryLocalStore();

    @Test
    void aRowNeverGoesBackWhileOthersReadAndForget() throws Exception {
        RowCache cache = new RowCache(store, FEW_BYTES);
        AtomicLongArray written = new AtomicLongArray(KEYS);
        AtomicBoolean done = new AtomicBoolean();
        try (ExecutorService readers = Executors.newFixedThreadPool(READERS)) {
            List<Future<Integer>> reads = new ArrayList<>();
            for (int reader = 0; reader < READERS; reader++) {
                Random random = new Random(reader);
                reads.add(readers.submit(() -> {
                    int read = 0;
                    while (!done.get()) {
                        int key = random.nextInt(KEYS);
                        long before = written.get(key);
                        Long value = cache.get("key-" + key, Form.NUMBER);
                        assertThat(value == null ? 0 : value).isGreaterThanOrEqualTo(before);
                        read++;
                    }
                    return read;
                }));
            }
            try {
                Random random = new Random(KEYS);
                for (long i = 1; i <= WRITES; i++) {
                    Changes changes = new Changes(cache);
                    int first = random.nextInt(KEYS);
                    int second = random.nextInt(KEYS);
                    changes.put("key-" + first, Form.NUMBER, i);
                    changes.put("key-" + second, Form.NUMBER, i);
                    cache.write(List.of(RowCache.Written.of(changes)));
                    written.set(first, i);
                    written.set(second, i);
                }
            } finally {
                done.set(true);
            }
            for (Future<Integer> each : reads) {
                assertThat(each.get()).isPositive();
            }
        }
        for (int key = 0; key < KEYS; key++) {
            assertThat(cache.get("key-" + key, Form.NUMBER)).isEqualTo(written.get(key));
        }
    }

    @Test
    void aReaderThatTheWriterOvertakesLeavesNoOldRow() throws InterruptedException {
        AtomicReference<@Nullable Thread> overtaking = new AtomicReference<>();
        RowCache cache = new RowCache(new MemoryLocalStore() {
            @Override
            public byte @Nullable [] get(String key) {
                byte[] old = super.get(key);
                Thread writer = overtaking.getAndSet(null);
                if (writer != null) {
                    writer.start();
                    untilDoneOrBlocked(writer);
                }
                return old;
            }
        });
        Thread writer = new Thread(() -> write(cache, Form.NUMBER, 2L));
        overtaking.set(writer);
        assertThat(cache.get("key", Form.NUMBER)).isNull();
        writer.join();
        assertThat(cache.get("key", Form.NUMBER)).isEqualTo(2);
    }

    @Test
    void readersThatForgetDuringAWriteLeaveNoOldRow() throws InterruptedException {
        RowCache cache = new RowCache(store, FEW_BYTES);
        write(cache, Form.NUMBER, 1L);
        Thread reader = new Thread(() -> {
            for (int i = 0; cache.get("key", Form.NUMBER) != null && i < KEYS / 4; i++) {
                cache.get("other-" + i, Form.NUMBER);
            }
        });
        write(
                cache,
                new Form<>() {
                    @Override
                    public byte[] write(Long value) {
                        return NUMBER.write(value);
                    }

                    @Override
                    public Long read(byte[] bytes) {
                        return NUMBER.read(bytes);
                    }

                    /** Asked while the batch is put into the cache. */
                    @Override
                    public boolean isReadByKey() {
                        reader.start();
                        untilDoneOrBlocked(reader);
                        return true;
                    }
                },
                2L);
        reader.join();
        assertThat(cache.get("key", Form.NUMBER)).isEqualTo(2);
    }

    private static void write(RowCache cache, Form<Long> form, @Nullable Long value) {
        Changes changes = new Changes(cache);
        changes.put("key", form, value);
        cache.write(List.of(RowCache.Written.of(changes)));
    }

    private static void untilDoneOrBlocked(Thread thread) {
        while (thread.isAlive() && thread.getState() != Thread.State.BLOCKED) {
            Thread.onSpinWait();
        }
    }

    @Test
    void becomesBytesOnceAndIsReadBackOnlyWhenForgotten() {
        RowCache cache = new RowCache(store, FEW_BYTES);
        WRITTEN.set(0);
        READ.set(0);
        Changes changes = new Changes(cache);
        for (long i = 1; i <= 5; i++) {
            changes.put("key", COUNTED, i);
        }
        cache.write(List.of(RowCache.Written.of(changes)));
        assertThat(cache.get("key", COUNTED)).isEqualTo(5);
        assertThat(WRITTEN).hasValue(1);
        assertThat(READ).hasValue(0);

        for (int i = 0; i < KEYS; i++) {
            cache.get("other-" + i, Form.NUMBER);
        }
        assertThat(cache.get("key", COUNTED)).isEqualTo(5);
        assertThat(cache.get("key", COUNTED)).isEqualTo(5);
        assertThat(READ).hasValue(1);
    }

    @Test
    void anAbsentRowIsSeenOnceItIsWrittenAndNoMoreWhenItIsRemoved() {
        RowCache cache = new RowCache(store);
        assertThat(cache.get("key", Form.NUMBER)).isNull();
        for (Long value : new @Nullable Long[] {1L, null, 2L}) {
            write(cache, Form.NUMBER, value);
            assertThat(cache.get("key", Form.NUMBER)).isEqualTo(value);
            assertThat(store.get("key") == null).isEqualTo(value == null);
        }
    }

    @Test
    void aWriteThatFailsLeavesNothing() {
        RowCache cache = new RowCache(new MemoryLocalStore() {
            @Override
            public void write(Map<String, byte @Nullable []> changes) {
                throw new IllegalStateException("The disk is full");
            }
        });
        assertThat(cache.get("key", Form.NUMBER)).isNull();
        assertThatIllegalStateException().isThrownBy(() -> write(cache, Form.NUMBER, 1L));
        assertThat(cache.get("key", Form.NUMBER)).isNull();
    }
}
