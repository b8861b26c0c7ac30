package dev.mortar.localstack;

import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.Part;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * A mail that was received, one per recipient.
 *
 * @param id its file's name without {@code .eml}; ids sort by time of arrival
 * @param messageId the header Message-ID as sent, empty if there was none
 * @param text the first plain text in it, empty if there is none
 * @param html the first HTML in it, or null
 * @param attachments names, or content types where there is no name, of everything else
 */
public record Mail(
        String id,
        Instant receivedAt,
        String from,
        String recipient,
        String subject,
        String messageId,
        String text,
        @Nullable String html,
        List<String> attachments) {

    /** Headers hold addresses beyond ASCII as UTF-8 (RFC 6532). */
    private static final Session UTF_8 = Session.getInstance(new Properties());

    static {
        UTF_8.getProperties().setProperty("mail.mime.allowutf8", "true");
    }

    static Mail read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            String id = file.getFileName().toString().replaceFirst("\\.eml$", "");
            var message = new MimeMessage(UTF_8, in);
            var contents = new Contents();
            contents.add(message);
            return new Mail(
                    id,
                    Instant.ofEpochMilli(Long.parseLong(id.substring(0, id.indexOf('-')))),
                    message.getFrom() == null ? "" : message.getFrom()[0].toString(),
                    header(message, "Delivered-To"),
                    Objects.requireNonNullElse(message.getSubject(), ""),
                    header(message, "Message-ID"),
                    Objects.requireNonNullElse(contents.text, ""),
                    contents.html,
                    List.copyOf(contents.attachments));
        } catch (IOException | MessagingException e) {
            throw new StackFailure("The mail in " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static String header(MimeMessage message, String name) throws MessagingException {
        String[] values = message.getHeader(name);
        return values == null ? "" : values[0];
    }

    private static final class Contents {
        @Nullable
        String text;

        @Nullable
        String html;

        final List<String> attachments = new ArrayList<>();

        void add(Part part) throws MessagingException, IOException {
            if (part.getContent() instanceof Multipart parts) {
                for (int i = 0; i < parts.getCount(); i++) {
                    add(parts.getBodyPart(i));
                }
            } else if (text == null && part.isMimeType("text/plain") && part.getFileName() == null) {
                text = part.getContent().toString();
            } else if (html == null && part.isMimeType("text/html") && part.getFileName() == null) {
                html = part.getContent().toString();
            } else {
                attachments.add(part.getFileName() == null ? part.getContentType() : part.getFileName());
            }
        }
    }
}
