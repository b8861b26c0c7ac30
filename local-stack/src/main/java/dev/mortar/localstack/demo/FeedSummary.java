package dev.mortar.localstack.demo;

import dev.mortar.localstack.demo.Purchase.Part;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;

/** The outcome of every row and every invoice of a feed. */
record FeedSummary(DecemberFeed feed, Trade trade) {
    private static final String LOST = "LOST";

    /** Prints it, and writes the rows that were not used; true when no row and no invoice is lost. */
    boolean print(Path file) throws IOException {
        Set<Integer> reversed = trade.stories().stream()
                .flatMap(story -> story.reversed.stream().map(Part::row))
                .collect(Collectors.toSet());
        feed.reversals().keySet().stream()
                .filter(row -> !reversed.contains(row))
                .forEach(feed::couldNotReverse);

        SortedMap<String, Integer> outcomes = invoices(reversed);
        int invoices = outcomes.values().stream().mapToInt(count -> count).sum();
        System.out.printf("%n%,d invoices by outcome%n", feed.invoiceNumbers().size());
        outcomes.forEach((outcome, count) -> System.out.printf("  %-52s %,7d%n", outcome, count));

        SortedMap<String, Integer> reasons = Summary.counted(feed.unused().stream()
                .map(row -> row.reason() + ": " + row.reason().words()));
        System.out.printf(
                "%n%,d rows read = %,d used + %,d not used%n",
                feed.rowsRead(), feed.rowsUsed(), feed.unused().size());
        reasons.forEach((reason, count) -> System.out.printf("  %,7d  %s%n", count, reason));
        if (feed.unitsNeverBought() > 0) {
            System.out.printf(
                    "  Of rows that are used, %,d units were to be taken back and never bought; they stay out.%n",
                    feed.unitsNeverBought());
        }
        feed.writeUnused(file);
        System.out.println("Rows that were not used: " + file.toAbsolutePath().normalize());

        boolean rowsAddUp = feed.rowsUsed() + feed.unused().size() == feed.rowsRead();
        boolean invoicesAddUp = invoices == feed.invoiceNumbers().size() && !outcomes.containsKey(LOST);
        if (!rowsAddUp || !invoicesAddUp) {
            System.out.println("ROWS OR INVOICES ARE LOST.");
        }
        return rowsAddUp && invoicesAddUp;
    }

    /** One outcome per invoice: of its purchase where it has one, otherwise of its reversal or correction. */
    private SortedMap<String, Integer> invoices(Set<Integer> reversed) {
        Map<String, String> outcomeOf = new HashMap<>();
        for (DecemberFeed.Unused row : feed.unused()) {
            outcomeOf.put(row.invoice(), "not used, see the reasons of its rows");
        }
        feed.corrections().forEach(each -> {
            if (feed.unused().stream().noneMatch(row -> row.row() == each.row())) {
                outcomeOf.put(each.invoice(), "stock corrected");
            }
        });
        feed.reversals().forEach((row, invoice) -> {
            if (reversed.contains(row)) {
                outcomeOf.put(invoice, "taken back: returned or cancelled");
            }
        });
        for (Story story : trade.stories()) {
            boolean known = story.isOver() && story.failure == null;
            String how = story.purchase.channel().ordered() ? "order " : "till sale ";
            outcomeOf.put(story.purchase.name(), known ? how + story.state + " " + story.reason : LOST);
        }
        return Summary.counted(feed.invoiceNumbers().stream().map(invoice -> outcomeOf.getOrDefault(invoice, LOST)));
    }
}
