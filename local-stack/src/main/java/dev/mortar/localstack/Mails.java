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
import java.util.NavigableSet;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The mails the stack's mail server has received: one {@code .eml} file each, so they outlive the server. */
public final class Mails {
    private static final String SUFFIX = ".eml";
    private static final Pattern ID = Pattern.compile("[0-9]{13}-[0-9]{6}");

    private final Path folder;
    private final AtomicInteger received = new AtomicInteger();
    /** Of all mails, in the order of arrival. */
    private final NavigableSet<String> ids = new ConcurrentSkipListSet<>();

    Mails(Path folder) {
        this.folder = folder;
        if (Files.isDirectory(folder)) {
            try (Stream<Path> files = Files.list(folder)) {
                files.map(file -> file.getFileName().toString())
                        .filter(name -> name.endsWith(SUFFIX))
                        .forEach(name -> ids.add(name.substring(0, name.length() - SUFFIX.length())));
            } catch (IOException e) {
                throw new StackFailure("The mails in " + folder + " cannot be listed: " + e.getMessage(), e);
            }
        }
    }

    /** All mails, oldest first. */
    public List<Mail> all() {
        return read(ids.stream());
    }

    /** The mails delivered to one address, oldest first. */
    public List<Mail> to(String address) {
        return all().stream()
                .filter(mail -> mail.recipient().equalsIgnoreCase(address))
                .toList();
    }

    /** The mails that came in since an instant, in milliseconds since 1970, oldest first; the others are not read. */
    List<Mail> since(long receivedAtMs) {
        return read(ids.tailSet("%013d".formatted(receivedAtMs), true).stream());
    }

    /** At most so many, newest first; the others are not read. */
    List<Mail> newest(int limit) {
        return read(ids.descendingSet().stream().limit(limit));
    }

    public Optional<Mail> find(String id) {
        return file(id).map(Mail::read);
    }

    Optional<Path> file(String id) {
        return Optional.of(id).filter(ID.asMatchPredicate()).map(this::path).filter(Files::exists);
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
        Files.move(unfinished, path(id), StandardCopyOption.ATOMIC_MOVE);
        ids.add(id);
    }

    private List<Mail> read(Stream<String> wanted) {
        return wanted.map(this::path).map(Mail::read).toList();
    }

    private Path path(String id) {
        return folder.resolve(id + SUFFIX);
    }
}
