package dev.mortar.localstack;

import com.icegreen.greenmail.store.FolderException;
import com.icegreen.greenmail.user.GreenMailUser;
import com.icegreen.greenmail.user.UserException;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import jakarta.mail.util.StreamProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.eclipse.angus.mail.util.MailStreamProvider;
import tools.jackson.databind.json.JsonMapper;

/**
 * The mail server of the local stack: takes every mail by SMTP, keeps it on disk, sends none on, and shows what it has
 * by HTTP.
 *
 * <p>{@code GET /} is a page for people; {@code GET /api/mails} all mails as JSON, oldest first ({@code ?to=address}
 * for one recipient, {@code ?since=milliseconds} for the newest alone); {@code GET /api/mails/ID} one; {@code GET
 * /api/mails/ID/raw} the mail as it came.
 */
public final class MailServer {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static final int MAILS_ON_PAGE = 100;

    private final Mails mails;

    private MailServer(Mails mails) {
        this.mails = mails;
    }

    /** Arguments: SMTP port, HTTP port, folder for the mails. Serves on 127.0.0.1 until it is ended. */
    public static void main(String[] arguments) throws IOException {
        // Without it every part of every mail searches the class path for its provider.
        System.setProperty(StreamProvider.class.getName(), MailStreamProvider.class.getName());
        var server = new MailServer(new Mails(Path.of(arguments[2])));
        server.serveSmtp(Integer.parseInt(arguments[0]));
        server.serveHttp(Integer.parseInt(arguments[1]));
        System.out.printf("SMTP on port %s, mails at http://127.0.0.1:%s%n", arguments[0], arguments[1]);
    }

    static Launch launch(Build build, int smtpPort, int httpPort, Path mails) {
        String heap = "-Xms8m -Xmx48m";
        String[] arguments = {Integer.toString(smtpPort), Integer.toString(httpPort), mails.toString()};
        return Launch.own(build, heap, MailServer.class, arguments);
    }

    private void serveSmtp(int port) {
        var greenMail = new GreenMail(new ServerSetup(port, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
        GreenMailUser anyone = greenMail.setUser("anyone@localhost", "");
        // The sender gets its acknowledgement after this returns, so that every acknowledged mail is on disk.
        greenMail.getUserManager().setMessageDeliveryHandler((message, recipient) -> {
            try {
                mails.keep(message.getMessage(), recipient.getEmail());
                // GreenMail also keeps the mail in memory; the disk is enough.
                greenMail.purgeEmailFromAllMailboxes();
            } catch (IOException | FolderException e) {
                throw new UserException("Mail for " + recipient.getEmail() + " could not be kept", e);
            }
            return anyone;
        });
        greenMail.start();
    }

    private void serveHttp(int port) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> {
            try (exchange) {
                answer(exchange);
            }
        });
        server.start();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try {
            String path = exchange.getRequestURI().getPath();
            String query = exchange.getRequestURI().getQuery();
            if (!exchange.getRequestMethod().equals("GET")) {
                send(exchange, 405, "text/plain", bytes("Mails can only be read here"));
            } else if (path.equals("/")) {
                send(exchange, 200, "text/html", bytes(page()));
            } else if (path.equals("/health")) {
                send(exchange, 200, "text/plain", bytes("UP"));
            } else if (path.equals("/api/mails")) {
                send(exchange, 200, "application/json", JSON.writeValueAsBytes(found(query == null ? "" : query)));
            } else if (path.startsWith("/api/mails/")) {
                answerOne(exchange, path.substring("/api/mails/".length()));
            } else {
                send(exchange, 404, "text/plain", bytes("There is /, /api/mails and /api/mails/ID"));
            }
        } catch (StackFailure e) {
            send(exchange, 500, "text/plain", bytes(String.valueOf(e.getMessage())));
        }
    }

    private List<Mail> found(String query) {
        if (query.startsWith("to=")) {
            return mails.to(query.substring(3));
        }
        return query.matches("since=\\d{1,13}") ? mails.since(Long.parseLong(query.substring(6))) : mails.all();
    }

    private void answerOne(HttpExchange exchange, String name) throws IOException {
        boolean raw = name.endsWith("/raw");
        var file = mails.file(raw ? name.substring(0, name.length() - 4) : name);
        if (file.isEmpty()) {
            send(exchange, 404, "text/plain", bytes("There is no such mail"));
        } else if (raw) {
            // As text, not as message/rfc822: a browser shows it instead of saving it.
            send(exchange, 200, "text/plain", Files.readAllBytes(file.get()));
        } else {
            send(exchange, 200, "application/json", JSON.writeValueAsBytes(Mail.read(file.get())));
        }
    }

    private String page() {
        String rows = mails.newest(MAILS_ON_PAGE).stream().map(MailServer::row).collect(Collectors.joining("\n"));
        return """
                <!doctype html><html lang="en"><meta charset="utf-8"><title>Mails of the local stack</title>
                <style>body{font-family:sans-serif} td{vertical-align:top;padding:.5em;border-top:1px solid #ccc}
                pre{white-space:pre-wrap;margin:0}</style>
                <h1>Mails</h1><table>%s</table></html>
                """.formatted(rows);
    }

    private static String row(Mail mail) {
        return "<tr><td>" + mail.receivedAt() + "<td>" + escaped(mail.recipient()) + "<td><a href=\"/api/mails/"
                + mail.id() + "/raw\">" + escaped(mail.subject()) + "</a><td><pre>" + escaped(mail.text()) + "</pre>";
    }

    private static String escaped(String text) {
        String tags = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
        return tags.replace("\"", "&quot;");
    }

    private static void send(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type + "; charset=utf-8");
        exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
