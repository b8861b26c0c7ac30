package dev.mortar.notification;

import dev.mortar.eventsourcing.pickupcode.PickupCode;
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
 * Makes the mail of a notification, in the shopper's language. A mail is a list of blocks. Each block is written as
 * plain text and as HTML; the HTML writer escapes all text.
 */
final class EmailTemplates {

    /** A block of a mail. */
    private sealed interface Block {

        /** Running text. */
        record Paragraph(String text) implements Block {}

        /** A list under a heading. */
        record Items(String heading, List<String> items) implements Block {}

        /** A labelled value. */
        record Fact(String label, String value) implements Block {}

        /** The pickup code, with its QR code in HTML. */
        record Code(String label, String code, String hint) implements Block {}
    }

    private final PickupCode pickupCode;

    EmailTemplates(PickupCode pickupCode) {
        this.pickupCode = pickupCode;
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
        List<Block> blocks = new ArrayList<>();
        blocks.add(new Block.Paragraph(wording.text("greeting", arguments)));
        blocks.add(new Block.Paragraph(wording.text(template + ".text", arguments)));
        EndReason reason = content.reason();
        if (reason != null) {
            blocks.add(new Block.Fact(
                    wording.text("reason", arguments), wording.text("reason.text", Map.of("reason", reason.name()))));
        }
        String code = code(content);
        if (code != null) {
            blocks.add(new Block.Code(
                    wording.text("code", arguments), PickupCode.display(code), wording.text("code.hint", arguments)));
        }
        Instant deadline = content.pickupDeadline();
        if (deadline != null) {
            blocks.add(new Block.Fact(
                    wording.text(content.template().callsToPickup() ? "deadline" : "deadline.passed", arguments),
                    wording.dateTime(deadline, location == null ? null : location.zone())));
        }
        if (location != null) {
            blocks.add(new Block.Fact(wording.text("location", arguments), location.name()));
        }
        if (!content.lines().isEmpty()) {
            blocks.add(new Block.Items(wording.text(template + ".lines", arguments), items(wording, content.lines())));
        }
        if (!content.droppedLines().isEmpty() && wording.has(template + ".dropped")) {
            blocks.add(new Block.Items(
                    wording.text(template + ".dropped", Map.of("count", articles(content.droppedLines()))),
                    items(wording, content.droppedLines())));
        }
        Money amount = content.amount();
        if (amount != null && wording.has(template + ".amount")) {
            blocks.add(new Block.Fact(wording.text(template + ".amount", arguments), wording.money(amount)));
        }
        blocks.add(new Block.Fact(wording.text("order", arguments), content.orderId()));
        return new Email(subject, text(blocks), html(wording.tag(), subject, blocks), qrPng(content, code));
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

    private static String text(List<Block> blocks) {
        StringBuilder out = new StringBuilder();
        for (Block block : blocks) {
            switch (block) {
                case Block.Paragraph(String text) -> out.append(text).append("\n\n");
                case Block.Items(String heading, List<String> items) -> {
                    out.append(heading).append('\n');
                    items.forEach(item -> out.append("- ").append(item).append('\n'));
                    out.append('\n');
                }
                case Block.Fact(String label, String value) ->
                    out.append(label).append(": ").append(value).append("\n\n");
                case Block.Code(String label, String code, String hint) ->
                    out.append(label)
                            .append(": ")
                            .append(code)
                            .append('\n')
                            .append(hint)
                            .append("\n\n");
            }
        }
        return out.toString().stripTrailing() + "\n";
    }

    private static String html(String language, String subject, List<Block> blocks) {
        StringBuilder out = new StringBuilder();
        out.append("<!DOCTYPE html>\n<html lang=\"").append(escape(language)).append("\">\n<head>\n");
        out.append("<meta charset=\"utf-8\">\n<title>").append(escape(subject)).append("</title>\n</head>\n");
        out.append("<body style=\"font-family: sans-serif; max-width: 40em\">\n");
        for (Block block : blocks) {
            switch (block) {
                case Block.Paragraph(String text) ->
                    out.append("<p>").append(escape(text)).append("</p>\n");
                case Block.Items(String heading, List<String> items) -> {
                    out.append("<p>").append(escape(heading)).append("</p>\n<ul>\n");
                    items.forEach(
                            item -> out.append("<li>").append(escape(item)).append("</li>\n"));
                    out.append("</ul>\n");
                }
                case Block.Fact(String label, String value) ->
                    out.append("<p>")
                            .append(escape(label))
                            .append(": <strong>")
                            .append(escape(value))
                            .append("</strong></p>\n");
                case Block.Code(String label, String code, String hint) ->
                    out.append("<p>")
                            .append(escape(label))
                            .append(":<br><strong style=\"font-size: 2em; letter-spacing: 0.1em\">")
                            .append(escape(code))
                            .append("</strong></p>\n<p><img src=\"cid:")
                            .append(Email.QR_CONTENT_ID)
                            .append("\" alt=\"")
                            .append(escape(code))
                            .append("\" width=\"264\" height=\"264\"></p>\n<p>")
                            .append(escape(hint))
                            .append("</p>\n");
            }
        }
        return out.append("</body>\n</html>\n").toString();
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
