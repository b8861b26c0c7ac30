package dev.mortar.localstack.demo;

import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/** Shows how far the trade is: one line that changes on a terminal, a line now and then otherwise. */
final class Progress implements AutoCloseable {
    private static final long TERMINAL_MS = 500;
    private static final long LINES_MS = 10_000;
    private static final int WIDTH = 110;

    private final Trade trade;
    private final int total;
    private final boolean terminal;
    private final long startNs = System.nanoTime();
    private final Thread shower;
    private volatile String doing = "";
    private boolean closed;

    Progress(Trade trade, int total) {
        this.trade = trade;
        this.total = total;
        terminal = System.console() != null && System.console().isTerminal();
        shower = Thread.ofVirtual().name("progress").start(this::show);
    }

    void say(String now) {
        doing = now;
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        shower.interrupt();
        print();
        if (terminal) {
            System.out.println();
        }
    }

    private void show() {
        try {
            while (true) {
                Thread.sleep(terminal ? TERMINAL_MS : LINES_MS);
                print();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void print() {
        List<Story> stories = trade.stories();
        long wrong = count(stories, story -> story.failure != null);
        String line = String.format(
                Locale.ROOT,
                "%4d s  %d of %d purchases, %d orders confirmed, %d handed over, %d running%s%s%s",
                (System.nanoTime() - startNs) / 1_000_000_000,
                stories.size(),
                total,
                count(stories, story -> story.confirmedAfterNs > 0),
                count(stories, story -> story.handedOver > 0),
                trade.running(),
                doing.isEmpty() ? "" : ", " + count(stories, Story::isOver) + " ended",
                wrong == 0 ? "" : ", " + wrong + " WRONG",
                doing.isEmpty() ? "" : "; " + doing);
        if (terminal) {
            System.out.printf("\r%-" + WIDTH + "s", line.substring(0, Math.min(WIDTH, line.length())));
            System.out.flush();
        } else {
            System.out.println(line);
        }
    }

    private static long count(List<Story> stories, Predicate<Story> which) {
        return stories.stream().filter(which).count();
    }
}
