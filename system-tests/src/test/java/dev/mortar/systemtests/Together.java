package dev.mortar.systemtests;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Does things at the same moment. */
final class Together {

    private Together() {}

    /** Does it so many times at once and gives all results, by number from 0. */
    static <T> List<T> times(int count, IntFunction<T> doing) {
        return all(IntStream.range(0, count)
                .<Supplier<T>>mapToObj(number -> () -> doing.apply(number))
                .toList());
    }

    /** Does all of it at once and gives the results in the same order. */
    static <T> List<T> all(List<Supplier<T>> doings) {
        var together = new CountDownLatch(doings.size());
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<T>> results = doings.stream()
                    .map(doing -> threads.submit(() -> {
                        together.countDown();
                        together.await();
                        return doing.get();
                    }))
                    .toList();
            return results.stream().map(Together::result).toList();
        }
    }

    private static <T> T result(Future<T> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException(e.getCause());
        }
    }
}
