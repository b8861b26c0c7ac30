package dev.mortar.notification;

import static java.util.stream.Collectors.joining;

import dev.mortar.eventsourcing.pickupcode.PickupCode;
import dev.mortar.eventsourcing.security.OrderLinks;
import dev.mortar.notification.NotificationContent.CodeIssue;
import dev.mortar.values.EndReason;
import dev.mortar.values.FulfilmentMethod;
import dev.mortar.values.Money;
import dev.mortar.values.Unit;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes the mail of a notification, in the shopper's language, as plain text and as HTML. All text in HTML is escaped.
 */
final class EmailTemplates {

    /** A mail in both forms. */
    private static final class Draft {
        private final List<String> text = new ArrayList<>();
        private final List<String> html = new ArrayList<>();

        void paragraph(String running) {
            text.add(running);
            html.add("<p>%s</p>\n".formatted(escape(running)));
        }

        void fact(String label, String value) {
            text.add(label + ": " + value);
            html.add("<p>%s: <strong>%s</strong></p>\n".formatted(escape(label), escape(value)));
        }

        void link(String label, String url, String hint) {
            text.add(label + ": " + url + "\n" + hint);
            html.add("<p><a href=\"%s\">%s</a><br>%s</p>\n".formatted(escape(url), escape(label), escape(hint)));
        }

        void items(String heading, List<String> items) {
            text.add(heading + "\n- " + String.join("\n- ", items));
            html.add(items.stream()
                    .map(item -> "<li>%s</li>\n".formatted(escape(item)))
                    .collect(joining("", "<p>%s</p>\n<ul>\n".formatted(escape(heading)), "</ul>\n")));
        }

        /** The pickup code, with its QR code in HTML. */
        void code(String label, String code, String hint) {
            text.add(label + ": " + code + "\n" + hint);
            html.add("""
                    <p>%1$s:<br><strong style="font-size: 2em; letter-spacing: 0.1em">%2$s</strong></p>
                    <p><img src="cid:%3$s" alt="%2$s" width="264" height="264"></p>
                    <p>%4$s</p>
                    """.formatted(escape(label), escape(code), Email.QR_CONTENT_ID, escape(hint)));
        }

        Email email(String language, String subject, byte @Nullable [] qrPng) {
            String page = """
                    <!DOCTYPE html>
                    <html lang="%s">
                    <head>
                    <meta charset="utf-8">
                    <title>%s</title>
                    </head>
                    <body style="font-family: sans-serif; max-width: 40em">
                    %s</body>
                    </html>
                    """.formatted(escape(language), escape(subject), String.join("", html));
            return new Email(subject, String.join("\n\n", text) + "\n", page, qrPng);
        }
    }

    private final PickupCode pickupCode;
    private final OrderLinks links;
    private final String orderPage;

    /** @param orderPage address of the shop's page of an order, to which the link is appended; empty if it has none */
    EmailTemplates(PickupCode pickupCode, OrderLinks links, String orderPage) {
        this.pickupCode = pickupCode;
        this.links = links;
        this.orderPage = orderPage;
    }

    /**
     * The mail.
     *
     * @param location the location of the notification; null when it has none or the location is unknown
     */
    Email render(NotificationContent content, Contact contact, @Nullable Location location) {
        Wording wording = Wording.of(contact.locale());
        String template = content.template().name();
        Map<String, ?> arguments = arguments(content, contact);
        String subject = wording.text(template + ".subject", arguments);
        Draft draft = new Draft();
        draft.paragraph(wording.text("greeting", arguments));
        draft.paragraph(wording.text(template + ".text", arguments));
        EndReason reason = content.reason();
        if (reason != null) {
            String why = wording.text("reason.text", Map.of("reason", reason.name()));
            draft.fact(wording.text("reason", arguments), why);
        }
        String code = code(content);
        if (code != null) {
            String hint = wording.text("code.hint", arguments);
            draft.code(wording.text("code", arguments), PickupCode.display(code), hint);
        }
        Instant deadline = content.pickupDeadline();
        if (deadline != null) {
            String at = wording.dateTime(deadline, location == null ? null : location.zone());
            draft.fact(wording.text(deadlineLabel(content.template()), arguments), at);
        }
        if (location != null) {
            draft.fact(wording.text("location", arguments), location.name());
        }
        if (!content.lines().isEmpty()) {
            draft.items(wording.text(template + ".lines", arguments), items(wording, content.lines()));
        }
        if (!content.trackingReferences().isEmpty()) {
            draft.items(wording.text("tracking", arguments), content.trackingReferences());
        }
        List<NotificationLine> dropped = content.droppedLines();
        if (!dropped.isEmpty() && wording.has(template + ".dropped")) {
            String heading = wording.text(template + ".dropped", Map.of("count", articles(dropped)));
            draft.items(heading, items(wording, dropped));
        }
        Money amount = content.amount();
        if (amount != null && wording.has(template + ".amount")) {
            draft.fact(wording.text(template + ".amount", arguments), wording.money(amount));
        }
        draft.fact(wording.text("order", arguments), content.orderId());
        if (!orderPage.isEmpty()) {
            draft.link(
                    wording.text("order.link", arguments),
                    orderPage + links.link(content.orderId()),
                    wording.text("order.link.hint", arguments));
        }
        return draft.email(wording.tag(), subject, qrPng(content, code));
    }

    private static String deadlineLabel(Template template) {
        return switch (template) {
            case FULFILMENT_MOVED -> "promised";
            case DELIVERY_FAILED -> "nextAttempt";
            default -> template.callsToPickup() ? "deadline" : "deadline.passed";
        };
    }

    private static Map<String, ?> arguments(NotificationContent content, Contact contact) {
        String name = contact.name();
        FulfilmentMethod method = content.method();
        return Map.of(
                "count", articles(content.lines()),
                "hasName", name == null ? "no" : "yes",
                "name", name == null ? "" : name,
                "method", method == null ? "" : method.name());
    }

    /** A line by weight or volume counts as one article. */
    private static long articles(List<NotificationLine> lines) {
        return lines.stream()
                .mapToLong(line -> line.unit() == Unit.EACH ? line.quantity() : 1)
                .sum();
    }

    private static List<String> items(Wording wording, List<NotificationLine> lines) {
        return lines.stream()
                .map(line -> wording.quantity(line.quantity(), line.unit()) + " × " + title(line))
                .toList();
    }

    private static String title(NotificationLine line) {
        String title = line.title();
        return (title == null || title.isBlank() ? line.sku() : title).replaceAll("\\p{Cntrl}+", " ");
    }

    private @Nullable String code(NotificationContent content) {
        CodeIssue code = content.code();
        String fulfilmentId = content.fulfilmentId();
        return code == null || fulfilmentId == null
                ? null
                : pickupCode.derive(fulfilmentId, code.issue(), code.keyId());
    }

    private static byte @Nullable [] qrPng(NotificationContent content, @Nullable String code) {
        String fulfilmentId = content.fulfilmentId();
        return code == null || fulfilmentId == null ? null : QrCode.png(PickupCode.qrPayload(fulfilmentId, code));
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
