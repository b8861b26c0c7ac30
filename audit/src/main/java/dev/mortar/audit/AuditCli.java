package dev.mortar.audit;

import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;

/**
 * The audit as a command: reads the logs of a system, judges them and reports the violations.
 *
 * <p>Exit code 0 if all invariants hold, 1 if one is broken, 2 if the audit could not be done.
 */
public final class AuditCli {
    private static final int BAR_CHARS = 30;

    private final AuditOptions options;
    private final PrintStream out;
    /** The time of the newest event that was judged. */
    private Instant newest = Instant.EPOCH;

    private AuditCli(AuditOptions options, PrintStream out) {
        this.options = options;
        this.out = out;
    }

    /** Runs the command; {@code --help} lists the options. */
    public static void main(String[] arguments) {
        System.exit(run(arguments, System.out, System.err));
    }

    /** Runs the command, and gives its exit code. */
    public static int run(String[] arguments, PrintStream out, PrintStream err) {
        if (List.of(arguments).contains("--help")) {
            out.print(AuditOptions.USAGE);
            return 0;
        }
        AuditOptions options;
        try {
            options = new AuditOptions(arguments);
        } catch (IllegalArgumentException e) {
            err.println("audit: " + e.getMessage());
            err.print(AuditOptions.USAGE);
            return 2;
        }
        try {
            return new AuditCli(options, out).run();
        } catch (LogReader.Unreadable e) {
            err.println("audit: " + e.getMessage());
        } catch (org.apache.kafka.common.errors.TimeoutException e) {
            err.println("audit: no broker answers at " + options.bootstrap + " (" + e.getMessage() + ")");
        } catch (KafkaException e) {
            err.println("audit: the log cannot be read from " + options.bootstrap + ": " + e.getMessage());
        } catch (UncheckedIOException e) {
            err.println("audit: " + e.getMessage() + ": " + e.getCause());
        }
        return 2;
    }

    private int run() {
        if (options.measure > 0) {
            Measurement.run(options.measure, out);
            return 0;
        }
        var journal = options.journal == null ? List.<ClientRequest>of() : ClientRequest.read(options.journal);
        var reader = new LogReader(options.client, options.registry, options.prefix);
        // A running system goes on while its log is read. The end of the reading is set now, so steps are owed as of
        // now.
        var begunAt = Instant.now();
        int partitions = reader.open();
        var audit = new Audit(options.rules(partitions));
        audit.clients(journal);
        reader.contacts(audit);
        long begun = System.nanoTime();
        var explained = new ArrayList<LoggedEvent>();
        var bar = new Bar();
        reader.read(audit, options::isAfter, bar::show, event -> {
            if (!options.explained.isEmpty() && event.key().equals(options.explained.getFirst())) {
                explained.add(event);
            }
            newest = event.appendedAt().isAfter(newest) ? event.appendedAt() : newest;
        });
        bar.clear();
        if (!options.isEarlier()) {
            var published = audit.published(begunAt);
            reader.published(published);
            published.finish();
        }
        var views = new Views(options.services, options.token);
        views.compare(audit.state(), audit);
        var at = options.asOf != null ? options.asOf : options.isEarlier() ? newest : begunAt;
        var report = audit.finish(at);
        var printer = new ReportPrinter(out, report, at);
        var state = options.isEarlier() ? audit.state() : null;
        if (!options.explained.isEmpty()) {
            printer.explain(explained, options.explained.getFirst(), options.explained.getLast());
        } else if (state != null) {
            out.println(AuditState.JSON.writeValueAsString(state));
        }
        printer.print((System.nanoTime() - begun) / 1e9);
        views.missed().forEach(out::println);
        if (audit.uncheckedRequests() > 0) {
            var sentence =
                    "%d requests of the journal name no aggregate or a route without a known effect: not checked%n";
            out.printf(sentence, audit.uncheckedRequests());
        }
        if (options.json != null) {
            try {
                Files.writeString(options.json, printer.json(state) + System.lineSeparator());
            } catch (IOException e) {
                throw new UncheckedIOException("The report cannot be written to " + options.json, e);
            }
        }
        return !report.holds() ? 1 : views.missed().isEmpty() ? 0 : 2;
    }

    /** The progress of the reading, drawn in place on a terminal and not at all elsewhere. */
    private static final class Bar {
        private final boolean isTerminal =
                Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
        private long drawnAt;

        void show(long read, long total) {
            long now = System.nanoTime();
            if (!isTerminal || now - drawnAt < 200_000_000L) {
                return;
            }
            drawnAt = now;
            int full = total == 0 ? BAR_CHARS : (int) (BAR_CHARS * read / total);
            var bar = "#".repeat(full) + ".".repeat(BAR_CHARS - full);
            long percent = total == 0 ? 100 : 100 * read / total;
            System.err.printf(Locale.ROOT, "\r[%s] %3d %%  %d of %d offsets", bar, percent, read, total);
        }

        void clear() {
            if (isTerminal) {
                System.err.print("\r" + " ".repeat(BAR_CHARS + 50) + "\r");
            }
        }
    }
}
