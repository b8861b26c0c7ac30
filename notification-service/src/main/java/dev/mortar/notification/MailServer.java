package dev.mortar.notification;

import jakarta.activation.FileTypeMap;
import jakarta.mail.Address;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.util.StreamProvider;
import java.io.UnsupportedEncodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Date;
import java.util.Deque;
import java.util.Properties;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.eclipse.angus.mail.smtp.SMTPSenderFailedException;
import org.eclipse.angus.mail.smtp.SMTPTransport;
import org.eclipse.angus.mail.util.MailStreamProvider;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.mail.javamail.ConfigurableMimeFileTypeMap;
import org.springframework.mail.javamail.JavaMailSenderImpl;
import org.springframework.mail.javamail.MimeMessageHelper;
import org.springframework.stereotype.Component;

/**
 * The retailer's mail server, by SMTP. Returns the exact outcome of a mail: accepted, not sent, or unknown because no
 * answer came. An outcome never contains an address, because it is written into events.
 */
@Component
final class MailServer implements DisposableBean {

    private static final int SMTP_MAILBOX_MIN = 550;
    /** Many servers accept 100 mails on one connection and refuse the next. */
    private static final int MAILS_A_CONNECTION_MAX = 50;

    private static final Duration IDLE_MAX = Duration.ofSeconds(10);
    private static final String END_OF_MAIL = ".";
    private static final String UTF_8 = StandardCharsets.UTF_8.name();

    /** Cause when the address has non-ASCII characters before the @ and the server does not accept them. */
    static final String UTF8_NOT_OFFERED = "SMTPUTF8_NOT_OFFERED";

    /** The outcome of sending a mail. */
    sealed interface Outcome {

        /** The server accepted the mail. */
        record Accepted() implements Outcome {}

        /** The mail was certainly not sent; {@code permanent} when a retry is useless. */
        record NotSent(String cause, boolean permanent) implements Outcome {}

        /** The connection broke before the server answered. The mail may or may not have been sent. */
        record Unknown() implements Outcome {}
    }

    /** A connection to the server, for one mail at a time. */
    private static final class Connection {
        private final Transport transport;
        private int mails;
        private long idleSinceNs;

        Connection(Transport transport) {
            this.transport = transport;
        }
    }

    /** Read from the class path once, not for every mail. */
    private static final FileTypeMap FILE_TYPES = new ConfigurableMimeFileTypeMap();

    static {
        // Set here, because otherwise each mail searches all libraries for it several times.
        System.setProperty(StreamProvider.class.getName(), MailStreamProvider.class.getName());
    }

    private final JavaMailSenderImpl settings;
    private final InternetAddress from;

    /** Idle connections, most recently used first. */
    private final Deque<Connection> idle = new ConcurrentLinkedDeque<>();

    /** Whether the server offered SMTPUTF8 on the last new connection; null before the first. */
    private volatile @Nullable Boolean offersUtf8;

    /**
     * The server.
     *
     * @param from the sender's address, with or without a name
     * @throws IllegalArgumentException when it is not an address that every mail server accepts
     */
    MailServer(JavaMailSenderImpl settings, @Value("${mortar.mail.from}") String from) {
        this.settings = settings;
        try {
            InternetAddress parsed = new InternetAddress(from, true);
            MailAddress address = MailAddress.of(parsed.getAddress());
            if (address.needsUtf8()) {
                throw new IllegalArgumentException("MORTAR_MAIL_FROM has non-ASCII characters before the @");
            }
            this.from = new InternetAddress(address.toString(), parsed.getPersonal(), UTF_8);
        } catch (AddressException | UnsupportedEncodingException e) {
            throw new IllegalArgumentException("MORTAR_MAIL_FROM is not an e-mail address", e);
        }
    }

    /**
     * True when the server accepts addresses with non-ASCII characters before the @, as of the last new connection.
     * Connects if there was none; false when the server cannot be reached.
     */
    boolean acceptsUtf8() {
        if (offersUtf8 == null) {
            try {
                closeQuietly(connect(settings.getSession()));
            } catch (MessagingException e) {
                return false;
            }
        }
        return Boolean.TRUE.equals(offersUtf8);
    }

    /** The Message-ID, the same in every attempt, so that a mailbox can recognise a second copy. */
    String messageId(String notificationId) {
        String address = from.getAddress();
        return "<" + notificationId + "@mortar." + address.substring(address.indexOf('@') + 1) + ">";
    }

    /** Tries to send the mail once, within the configured time-outs. */
    Outcome send(String notificationId, Email email, String toAddress, String toName) {
        MailAddress to;
        Session session;
        MimeMessage message;
        try {
            to = MailAddress.of(toAddress);
            session = session(to);
            message = message(session, notificationId, email, to, toName);
        } catch (AddressException e) {
            return new Outcome.NotSent("INVALID_ADDRESS", true);
        } catch (MessagingException | UnsupportedEncodingException e) {
            return new Outcome.NotSent("NOT_WRITABLE", true);
        }
        Connection connection;
        try {
            connection = to.needsUtf8() ? new Connection(connect(session)) : idleOrNew(session);
        } catch (AuthenticationFailedException e) {
            return new Outcome.NotSent("AUTHENTICATION", false);
        } catch (MessagingException e) {
            return new Outcome.NotSent("CONNECTION", false);
        }
        if (to.needsUtf8() && !offersUtf8(connection.transport)) {
            closeQuietly(connection.transport);
            return new Outcome.NotSent(UTF8_NOT_OFFERED, true);
        }
        boolean reusable = false;
        try {
            Address[] recipients = message.getAllRecipients();
            connection.transport.sendMessage(message, recipients);
            connection.mails++;
            reusable = !to.needsUtf8() && connection.mails < MAILS_A_CONNECTION_MAX;
            return new Outcome.Accepted();
        } catch (MessagingException e) {
            return outcome(e);
        } finally {
            if (reusable) {
                keep(connection);
            } else {
                closeQuietly(connection.transport);
            }
        }
    }

    /** The most recently used connection that the server still answers on, or a new one. */
    private Connection idleOrNew(Session session) throws MessagingException {
        for (Connection last = idle.pollFirst(); last != null; last = idle.pollFirst()) {
            if (last.transport.isConnected()) {
                return last;
            }
        }
        return new Connection(connect(session));
    }

    /** Keeps a connection for the next mail, and closes connections that were idle too long. */
    private void keep(Connection used) {
        used.idleSinceNs = System.nanoTime();
        idle.addFirst(used);
        for (Connection longest = idle.pollLast(); longest != null; longest = idle.pollLast()) {
            if (used.idleSinceNs - longest.idleSinceNs < IDLE_MAX.toNanos()) {
                idle.addLast(longest);
                return;
            }
            closeQuietly(longest.transport);
        }
    }

    @Override
    public void destroy() {
        idle.forEach(connection -> closeQuietly(connection.transport));
    }

    /**
     * A session for the address. Without the property, address characters are cut to their low byte. With it, each mail
     * requires UTF-8, so only non-ASCII addresses get it.
     */
    private Session session(MailAddress to) {
        if (!to.needsUtf8()) {
            return settings.getSession();
        }
        Properties properties = new Properties();
        properties.putAll(settings.getSession().getProperties());
        properties.setProperty("mail.mime.allowutf8", "true");
        return Session.getInstance(properties);
    }

    private Transport connect(Session session) throws MessagingException {
        String protocol = settings.getProtocol();
        Transport transport = session.getTransport(protocol == null ? JavaMailSenderImpl.DEFAULT_PROTOCOL : protocol);
        transport.connect(settings.getHost(), settings.getPort(), settings.getUsername(), settings.getPassword());
        offersUtf8 = offersUtf8(transport);
        return transport;
    }

    private static boolean offersUtf8(Transport connected) {
        return connected instanceof SMTPTransport smtp && smtp.supportsExtension("SMTPUTF8");
    }

    private MimeMessage message(Session session, String notificationId, Email email, MailAddress to, String toName)
            throws MessagingException, UnsupportedEncodingException {
        MimeMessage message = new MimeMessage(session);
        byte[] qrPng = email.qrPng();
        MimeMessageHelper helper = new MimeMessageHelper(message, true, UTF_8) {
            @Override
            protected FileTypeMap getDefaultFileTypeMap(MimeMessage ofMessage) {
                return FILE_TYPES;
            }
        };
        helper.setValidateAddresses(true);
        helper.setFrom(from);
        helper.setTo(new InternetAddress(to.toString(), toName.isEmpty() ? null : toName, UTF_8));
        helper.setSubject(email.subject());
        helper.setSentDate(new Date());
        helper.setText(email.text(), email.html());
        if (qrPng != null) {
            helper.addInline(Email.QR_CONTENT_ID, "pickup-code.png", new ByteArrayResource(qrPng), "image/png");
        }
        message.setHeader("Auto-Submitted", "auto-generated");
        message.saveChanges();
        message.setHeader("Message-ID", messageId(notificationId));
        return message;
    }

    /**
     * An error reply is certain, and so is a break before the end of the mail. Otherwise the server may have accepted
     * it.
     */
    private static Outcome outcome(MessagingException failure) {
        for (Throwable cause = failure; cause != null; cause = next(cause)) {
            int code = switch (cause) {
                case SMTPAddressFailedException e -> e.getReturnCode();
                case SMTPSenderFailedException e -> e.getReturnCode();
                case SMTPSendFailedException e -> e.getReturnCode();
                default -> 0;
            };
            if (code > 0) {
                // 500 to 539 are about the SMTP session, which operators fix; 550 and above are about the mailbox or
                // the mail.
                return new Outcome.NotSent("SMTP " + code, code >= SMTP_MAILBOX_MIN);
            }
            if (cause instanceof SMTPSendFailedException e && !END_OF_MAIL.equals(e.getCommand())) {
                return new Outcome.NotSent("CONNECTION", false);
            }
        }
        return new Outcome.Unknown();
    }

    private static @Nullable Throwable next(Throwable failure) {
        return failure instanceof MessagingException messaging ? messaging.getNextException() : failure.getCause();
    }

    private static void closeQuietly(Transport transport) {
        try {
            transport.close();
        } catch (MessagingException e) {
            // The outcome of the mail is known; a failed QUIT does not change it.
        }
    }
}
