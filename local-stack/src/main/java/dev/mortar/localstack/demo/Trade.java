package dev.mortar.localstack.demo;

import dev.mortar.localstack.Api;
import dev.mortar.localstack.Api.Request;
import dev.mortar.localstack.StackFailure;
import dev.mortar.localstack.demo.Purchase.Channel;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Plays purchases through the APIs, many at a time. Acknowledged changes go into the books at once. */
public final class Trade {
    private static final int BATCH_ATTEMPTS = 20;
    private static final int BATCH_SALES = 20;
    private static final int BATCH_LINES = 1_000;

    final Api api;
    final Books books;
    final String run;
    final @Nullable Mailbox mailbox;
    private final Semaphore slots;
    private final int concurrency;
    private final Queue<Story> stories = new ConcurrentLinkedQueue<>();
    private final AtomicInteger running = new AtomicInteger();
    private final List<Story> lateSales = new ArrayList<>();
    private int batches;

    /**
     * Trade of one run, whose id makes its requests and receipts unique, with this many stories at the same time.
     * Without a mailbox no mails can be read, and pickups are handed over without code.
     */
    public Trade(Api api, Books books, String run, @Nullable Mailbox mailbox, int concurrency) {
        this.api = api;
        this.books = books;
        this.run = run;
        this.mailbox = mailbox;
        this.concurrency = concurrency;
        slots = new Semaphore(concurrency);
    }

    public List<Story> stories() {
        return List.copyOf(stories);
    }

    public int running() {
        return running.get();
    }

    /** Begins a purchase; waits while as many run as may. */
    public void begin(Purchase purchase) {
        var story = new Story(this, purchase);
        stories.add(story);
        if (purchase.channel() != Channel.LATE_TILL) {
            start(List.of(story), story::play);
            return;
        }
        lateSales.add(story);
        int lines = lateSales.stream()
                .mapToInt(sale -> sale.purchase.lines().size())
                .sum();
        if (lateSales.size() >= BATCH_SALES || lines >= BATCH_LINES) {
            uploadLateSales();
        }
    }

    /** Uploads the last sales of the tills and waits until every story came to its end, as far as people drive it. */
    public void finish() {
        uploadLateSales();
        slots.acquireUninterruptibly(concurrency);
        slots.release(concurrency);
    }

    /** Waits, for a bounded time, until every order is completed, cancelled or rejected. */
    void settle() {
        stories.forEach(story -> start(List.of(story), story::settle));
        finish();
    }

    private void start(List<Story> concerned, Runnable work) {
        slots.acquireUninterruptibly();
        running.incrementAndGet();
        Thread.startVirtualThread(() -> {
            try {
                work.run();
            } catch (RuntimeException e) {
                concerned.forEach(story -> story.failure = e instanceof StackFailure ? e.getMessage() : e.toString());
            } finally {
                running.decrementAndGet();
                slots.release();
            }
        });
    }

    private void uploadLateSales() {
        if (lateSales.isEmpty()) {
            return;
        }
        List<Story> sales = List.copyOf(lateSales);
        lateSales.clear();
        batches++;
        String key = run + "-batch-" + batches;
        start(sales, () -> {
            upload(sales, key);
            sales.forEach(Story::bringBack);
        });
    }

    /** Uploads until every sale is decided: the service makes none twice. */
    private void upload(List<Story> sales, String key) {
        Request batch =
                Requests.sales(sales.stream().map(story -> story.purchase).toList(), run, key);
        for (int attempt = 1; attempt <= BATCH_ATTEMPTS; attempt++) {
            JsonNode results = api.post(batch).required().path("sales");
            boolean decided = true;
            for (int i = 0; i < sales.size(); i++) {
                JsonNode result = results.path(i);
                switch (result.path("status").asInt()) {
                    case 200, 201 -> sales.get(i).sold(result);
                    case 202, 503 -> decided = false;
                    default -> throw new StackFailure("A sale of batch " + key + " was answered " + result);
                }
            }
            if (decided) {
                return;
            }
            Api.pause(1_000);
        }
        throw new StackFailure("Batch " + key + " was not decided after " + BATCH_ATTEMPTS + " attempts");
    }
}
