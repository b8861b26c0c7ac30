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
 * The retailer's mail server, by SMTP. Says exactly what became of a mail, above all whether it may have gone out
 * although no answer came; and says it without any address, since an outcome is written into events.
 */
@Component
final class MailServer implements DisposableBean {

    private static final int SMTP_MAILBOX_MIN = 550;
    /** Many servers take 100 mails on one connection and refuse the next. */
    private static final int MAILS_A_CONNECTION_MAX = 50;

    private static final Duration IDLE_MAX = Duration.ofSeconds(10);
    private static final String END_OF_MAIL = ".";
    private static final String UTF_8 = StandardCharsets.UTF_8.name();

    /** Cause when the address has characters other than ASCII before the @ and the server does not take them. */
    static final String UTF8_NOT_OFFERED = "SMTPUTF8_NOT_OFFERED";

    /** What became of a mail. */
    sealed interface Outcome {

        /** The server took it. */
        record Taken() implements Outcome {}

        /** It was certainly not sent; {@code permanent} when trying again is of no use. */
        record NotSent(String cause, boolean permanent) implements Outcome {}

        /** The connection broke before the server answered: it may have been sent or not. */
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
        // Named, it is not searched for among all libraries several times in each mail.
        System.setProperty(StreamProvider.class.getName(), MailStreamProvider.class.getName());
    }

    private final JavaMailSenderImpl settings;
    private final InternetAddress from;

    /** Connections that no mail is using; the one used last comes first. */
    private final Deque<Connection> idle = new ConcurrentLinkedDeque<>();

    /** What the server said of SMTPUTF8 when it was last connected to; null before. */
    private volatile @Nullable Boolean offersUtf8;

    /**
     * The server.
     *
     * @param from the sender's address, with or without a name
     * @throws IllegalArgumentException when it is not an address that every mail server takes
     */
    MailServer(JavaMailSenderImpl settings, @Value("${mortar.mail.from}") String from) {
        this.settings = settings;
        try {
            InternetAddress parsed = new InternetAddress(from, true);
            MailAddress address = MailAddress.of(parsed.getAddress());
            if (address.needsUtf8()) {
                throw new IllegalArgumentException("MORTAR_MAIL_FROM has characters other than ASCII before the @");
            }
            this.from = new InternetAddress(address.toString(), parsed.getPersonal(), UTF_8);
        } catch (AddressException | UnsupportedEncodingException e) {
            throw new IllegalArgumentException("MORTAR_MAIL_FROM is not an e-mail address", e);
        }
    }

    /**
     * Whether the server takes addresses with characters other than ASCII before the @, as it said when it was last
     * connected to. A server that was never connected to is asked; one that cannot be reached does not take them.
     */
    boolean takesUtf8() {
        if (offersUtf8 == null) {
            try {
                closeQuietly(connect(settings.getSession()));
            } catch (MessagingException e) {
                return false;
            }
        }
        return Boolean.TRUE.equals(offersUtf8);
    }

    /** The id a mail bears, the same in every attempt, so that a mailbox can tell a second copy. */
    String messageId(String notificationId) {
        String address = from.getAddress();
        return "<" + notificationId + "@mortar." + address.substring(address.indexOf('@') + 1) + ">";
    }

    /** Tries to send the mail once, within the time-outs of the configuration. */
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
        boolean again = false;
        try {
            Address[] recipients = message.getAllRecipients();
            connection.transport.sendMessage(message, recipients);
            connection.mails++;
            again = !to.needsUtf8() && connection.mails < MAILS_A_CONNECTION_MAX;
            return new Outcome.Taken();
        } catch (MessagingException e) {
            return outcome(e);
        } finally {
            if (again) {
                keep(connection);
            } else {
                closeQuietly(connection.transport);
            }
        }
    }

    /** The connection that was used last, if the server still answers on it. */
    private Connection idleOrNew(Session session) throws MessagingException {
        for (Connection last = idle.pollFirst(); last != null; last = idle.pollFirst()) {
            if (last.transport.isConnected()) {
                return last;
            }
        }
        return new Connection(connect(session));
    }

    /** Keeps a connection for the next mail, and closes those that were idle for long. */
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

    /** Without this property a character of an address is cut to its low byte; with it, each mail asks for UTF-8. */
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
        MimeMessage message = new MimeMessage(session) {
            @Override
            protected void updateMessageID() throws MessagingException {
                setHeader("Message-ID", messageId(notificationId));
            }
        };
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
        return message;
    }

    /** What the server said is certain, and so is that it never saw the end of the mail; else it may have taken it. */
    private static Outcome outcome(MessagingException failure) {
        for (Throwable cause = failure; cause != null; cause = next(cause)) {
            int code = switch (cause) {
                case SMTPAddressFailedException e -> e.getReturnCode();
                case SMTPSenderFailedException e -> e.getReturnCode();
                case SMTPSendFailedException e -> e.getReturnCode();
                default -> 0;
            };
            if (code > 0) {
                // 50x to 53x are about the SMTP session, which operators mend; from 550 on about the mailbox or mail.
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
            // The mail is taken or not by now; a failed QUIT changes nothing.
        }
    }
}
