package dev.mortar.notification;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import dev.mortar.notification.MailServer.Outcome;
import jakarta.mail.BodyPart;
import jakarta.mail.Multipart;
import jakarta.mail.Part;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mail.javamail.JavaMailSenderImpl;

class MailServerTest {

    private static final String ID = "5a0a1f60-1111-5222-9333-000000000001";
    private static final Email EMAIL = new Email("Заказ готов", "текст\n", "<p>текст</p>", new byte[] {1, 2, 3});

    private static final String SMTPUTF8 = "250-shop.example\r\n250 SMTPUTF8";

    @Test
    void sendsTextHtmlAndTheQrCodeUnderAStableId() throws Exception {
        GreenMail greenMail = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
        greenMail.start();
        try {
            MailServer server = server(greenMail.getSmtp().getPort());
            assertThat(server.send(ID, EMAIL, "ada@example.org", "Сигриður")).isEqualTo(new Outcome.Accepted());
            assertThat(server.send(ID, EMAIL, "ada@example.org", "")).isEqualTo(new Outcome.Accepted());

            MimeMessage[] received = greenMail.getReceivedMessages();
            assertThat(received).hasSize(2);
            assertThat(received)
                    .allSatisfy(mail -> assertThat(mail.getMessageID()).isEqualTo("<" + ID + "@mortar.shop.example>"));
            assertThat(received[0].getSubject()).isEqualTo("Заказ готов");
            assertThat(received[0].getFrom()).containsExactly(new InternetAddress("orders@shop.example"));
            assertThat(((InternetAddress) received[0].getAllRecipients()[0]).getPersonal())
                    .isEqualTo("Сигриður");
            List<String> types = new ArrayList<>();
            collect(received[0], types);
            assertThat(types).containsExactly("text/plain", "text/html", "image/png <pickup-code>");
        } finally {
            greenMail.stop();
        }
    }

    @Test
    void reportsThatNoServerListens() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        assertThat(server(port).send(ID, EMAIL, "ada@example.org", ""))
                .isEqualTo(new Outcome.NotSent("CONNECTION", false));
    }

    @Test
    void refusesAnInvalidAddress() {
        assertThat(server(1).send(ID, EMAIL, "not an address", ""))
                .isEqualTo(new Outcome.NotSent("INVALID_ADDRESS", true));
    }

    @Test
    void reportsOnlyMailboxErrorsAsPermanent() throws Exception {
        assertThat(sendTo(Map.of("RCPT", "550 no such user"))).isEqualTo(new Outcome.NotSent("SMTP 550", true));
        assertThat(sendTo(Map.of("RCPT", "451 later"))).isEqualTo(new Outcome.NotSent("SMTP 451", false));
        assertThat(sendTo(Map.of("MAIL", "530 log in first"))).isEqualTo(new Outcome.NotSent("SMTP 530", false));
        assertThat(sendTo(Map.of(".", "554 looks like spam"))).isEqualTo(new Outcome.NotSent("SMTP 554", true));
        assertThat(sendTo(Map.of(".", "452 disk full"))).isEqualTo(new Outcome.NotSent("SMTP 452", false));
    }

    @Test
    void theOutcomeIsUnknownWhenTheServerDoesNotAnswer() throws Exception {
        assertThat(sendTo(Map.of(".", ""))).isEqualTo(new Outcome.Unknown());
        assertThat(sendTo(Map.of("MAIL", ""))).isEqualTo(new Outcome.NotSent("CONNECTION", false));
    }

    @ParameterizedTest
    @CsvSource({
        "info@exämple.de, info@xn--exmple-cua.de",
        "p@пример.рф, p@xn--e1afmkfd.xn--p1ai",
        "ada@straße.de, ada@xn--strae-oqa.de",
        "ada@example.org, ada@example.org"
    })
    void sendsTheDomainInAscii(String entered, String given) throws Exception {
        List<String> received = new ArrayList<>();
        assertThat(sendTo(entered, Map.of("EHLO", SMTPUTF8), received)).isEqualTo(new Outcome.Accepted());
        assertThat(received).contains("MAIL FROM:<orders@shop.example>", "RCPT TO:<" + given + ">");
        assertThat(received).contains("To: " + given);
    }

    @ParameterizedTest
    @ValueSource(strings = {"v\u0140other.example\u013e@example.com", "почта@example.com"})
    void sendsTheLocalPartInUtf8IfTheServerAcceptsIt(String address) throws Exception {
        List<String> received = new ArrayList<>();
        assertThat(sendTo(address, Map.of("EHLO", SMTPUTF8), received)).isEqualTo(new Outcome.Accepted());
        assertThat(received).contains("MAIL FROM:<orders@shop.example> SMTPUTF8", "RCPT TO:<" + address + ">");
        assertThat(received).contains("To: " + address);
    }

    @ParameterizedTest
    @ValueSource(strings = {"v\u0140other.example\u013e@example.com", "почта@example.com"})
    void failsPermanentlyIfTheServerDoesNotAcceptUtf8(String address) throws Exception {
        List<String> received = new ArrayList<>();
        assertThat(sendTo(address, Map.of(), received))
                .isEqualTo(new Outcome.NotSent(MailServer.UTF8_NOT_OFFERED, true));
        assertThat(received).noneMatch(line -> line.startsWith("MAIL") || line.startsWith("RCPT"));
    }

    @Test
    void remembersWhetherTheServerAcceptedUtf8OnTheLastConnection() throws Exception {
        Map<String, String> answers = new ConcurrentHashMap<>();
        try (ServerSocket listening = new ServerSocket(0, 2, InetAddress.getLoopbackAddress())) {
            MailServer server = server(listening.getLocalPort());
            Thread first = Thread.ofVirtual().start(() -> converse(listening, answers, new ArrayList<>()));
            assertThat(server.acceptsUtf8())
                    .as("connects to a server that was never asked")
                    .isFalse();
            first.join();
            answers.put("EHLO", SMTPUTF8);
            Thread second = Thread.ofVirtual().start(() -> converse(listening, answers, new ArrayList<>()));
            assertThat(server.acceptsUtf8()).as("does not ask again").isFalse();
            server.send(ID, EMAIL, "ada@example.org", "");
            server.destroy();
            second.join();
            assertThat(server.acceptsUtf8()).isTrue();
        }
        assertThat(server(1).acceptsUtf8()).as("no server listens").isFalse();
    }

    @Test
    void reusesAConnectionUntilTheServerClosesIt() throws Exception {
        Map<String, String> answers = new ConcurrentHashMap<>();
        List<String> first = new ArrayList<>();
        List<String> second = new ArrayList<>();
        try (ServerSocket listening = new ServerSocket(0, 2, InetAddress.getLoopbackAddress())) {
            MailServer server = server(listening.getLocalPort());
            Thread one = Thread.ofVirtual().start(() -> converse(listening, answers, first));
            assertThat(server.send(ID, EMAIL, "ada@example.org", "")).isEqualTo(new Outcome.Accepted());
            assertThat(server.send(ID, EMAIL, "bob@example.org", "")).isEqualTo(new Outcome.Accepted());
            answers.put("NOOP", "");
            answers.put("RSET", "");
            Thread other = Thread.ofVirtual().start(() -> {
                join(one);
                answers.clear();
                converse(listening, answers, second);
            });
            assertThat(server.send(ID, EMAIL, "eve@example.org", "")).isEqualTo(new Outcome.Accepted());
            server.destroy();
            other.join();
        }
        assertThat(first).contains("RCPT TO:<ada@example.org>", "RCPT TO:<bob@example.org>");
        assertThat(second).contains("RCPT TO:<eve@example.org>").endsWith("QUIT");
    }

    @Test
    void writesItsOwnAddressInAscii() throws Exception {
        GreenMail greenMail = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
        greenMail.start();
        try {
            MailServer server =
                    new MailServer(settings(greenMail.getSmtp().getPort()), "Möbel Ľ <orders@möbel.example>");
            assertThat(server.send(ID, EMAIL, "ada@example.org", "")).isEqualTo(new Outcome.Accepted());
            MimeMessage mail = greenMail.getReceivedMessages()[0];
            assertThat(mail.getFrom()).containsExactly(new InternetAddress("orders@xn--mbel-5qa.example"));
            assertThat(((InternetAddress) mail.getFrom()[0]).getPersonal()).isEqualTo("Möbel Ľ");
            assertThat(mail.getHeader("From")[0]).matches("\\p{ASCII}+");
            assertThat(mail.getMessageID()).isEqualTo("<" + ID + "@mortar.xn--mbel-5qa.example>");
        } finally {
            greenMail.stop();
        }
        assertThatThrownBy(() -> new MailServer(new JavaMailSenderImpl(), "bestellungä@shop.example"))
                .hasMessageContaining("MORTAR_MAIL_FROM");
    }

    @Test
    void refusesAnInvalidSenderAddress() {
        assertThatThrownBy(() -> new MailServer(new JavaMailSenderImpl(), "nobody"))
                .hasMessageContaining("MORTAR_MAIL_FROM");
    }

    private static MailServer server(int port) {
        return new MailServer(settings(port), "orders@shop.example");
    }

    private static JavaMailSenderImpl settings(int port) {
        JavaMailSenderImpl settings = new JavaMailSenderImpl();
        settings.setHost("127.0.0.1");
        settings.setPort(port);
        settings.getJavaMailProperties().setProperty("mail.smtp.timeout", "10000");
        return settings;
    }

    private static void collect(Part part, List<String> types) throws Exception {
        if (part.getContent() instanceof Multipart multipart) {
            for (int i = 0; i < multipart.getCount(); i++) {
                collect(multipart.getBodyPart(i), types);
            }
            return;
        }
        String type = part.getContentType();
        int semicolon = type.indexOf(';');
        String id = part instanceof BodyPart ? String.join("", headers(part)) : "";
        types.add((semicolon < 0 ? type : type.substring(0, semicolon)).toLowerCase(java.util.Locale.ROOT)
                + (id.isEmpty() ? "" : " " + id));
    }

    private static String[] headers(Part part) throws Exception {
        String[] ids = part.getHeader("Content-ID");
        return ids == null ? new String[0] : ids;
    }

    /** Sends to a server with these answers; it hangs up when the answer is empty. */
    private static Outcome sendTo(Map<String, String> answers) throws Exception {
        return sendTo("ada@example.org", answers, new ArrayList<>());
    }

    private static Outcome sendTo(String address, Map<String, String> answers, List<String> received) throws Exception {
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread server = Thread.ofVirtual().start(() -> converse(listening, answers, received));
            MailServer client = server(listening.getLocalPort());
            Outcome outcome = client.send(ID, EMAIL, address, "");
            client.destroy();
            server.join();
            return outcome;
        }
    }

    /** Answers one connection and records each line that it receives. */
    private static void converse(ServerSocket listening, Map<String, String> answers, List<String> received) {
        try (Socket socket = listening.accept();
                BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8))) {
            OutputStream out = socket.getOutputStream();
            sendLine(out, "220 ready");
            boolean inMail = false;
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                received.add(line);
                if (inMail && !line.equals(".")) {
                    continue;
                }
                String verb = inMail ? "." : line.split("[ :]", 2)[0];
                String answer = answers.getOrDefault(verb, verb.equals("DATA") ? "354 go on" : "250 fine");
                if (answer.isEmpty()) {
                    return;
                }
                sendLine(out, answer);
                inMail = verb.equals("DATA");
            }
        } catch (IOException e) {
            // The client hung up; the test checks the outcome that it returned.
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void sendLine(OutputStream out, String line) throws IOException {
        out.write((line + "\r\n").getBytes(US_ASCII));
        out.flush();
    }
}
