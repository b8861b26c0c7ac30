package dev.mortar.localstack;

import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The mails the stack's mail server has received: one {@code .eml} file each, so they outlive the server. */
public final class Mails {
    private static final Pattern ID = Pattern.compile("[0-9]{13}-[0-9]{6}");

    private final Path folder;
    private final AtomicInteger received = new AtomicInteger();

    Mails(Path folder) {
        this.folder = folder;
    }

    /** All mails, oldest first. */
    public List<Mail> all() {
        return files().stream().map(Mail::read).toList();
    }

    /** The mails delivered to one address, oldest first. */
    public List<Mail> to(String address) {
        return all().stream()
                .filter(mail -> mail.recipient().equalsIgnoreCase(address))
                .toList();
    }

    /** The mails that came in since an instant, in milliseconds since 1970, oldest first; the others are not read. */
    List<Mail> since(long receivedAtMs) {
        String from = "%013d".formatted(receivedAtMs);
        return files().stream()
                .filter(file -> file.getFileName().toString().compareTo(from) >= 0)
                .map(Mail::read)
                .toList();
    }

    /** At most so many, newest first; the others are not read. */
    List<Mail> newest(int limit) {
        return files().reversed().stream().limit(limit).map(Mail::read).toList();
    }

    /** The mail with that id, if there is one. */
    public Optional<Mail> find(String id) {
        return file(id).map(Mail::read);
    }

    /** The file of the mail with that id, if there is one. */
    Optional<Path> file(String id) {
        return Optional.of(id)
                .filter(ID.asMatchPredicate())
                .map(name -> folder.resolve(name + ".eml"))
                .filter(Files::exists);
    }

    /** Keeps a mail for one recipient; when this returns it is on disk under its final name. */
    void keep(MimeMessage message, String recipient) throws IOException, MessagingException {
        Files.createDirectories(folder);
        String id = "%013d-%06d".formatted(System.currentTimeMillis(), received.incrementAndGet() % 1_000_000);
        Path unfinished = folder.resolve(id + ".part");
        try (OutputStream out = Files.newOutputStream(unfinished)) {
            out.write(("Delivered-To: " + recipient + "\r\n").getBytes(StandardCharsets.UTF_8));
            message.writeTo(out);
        }
        Files.move(unfinished, folder.resolve(id + ".eml"), StandardCopyOption.ATOMIC_MOVE);
    }

    private List<Path> files() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".eml"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new StackFailure("The mails in " + folder + " cannot be listed: " + e.getMessage(), e);
        }
    }
}
