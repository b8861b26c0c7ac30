package dev.mortar.localstack;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** The smallest thing that behaves like a service: listens on a port, says when it is ended in an orderly way. */
final class TinyService {
    private TinyService() {}

    public static void main(String[] arguments) throws IOException {
        if (arguments[0].equals("broken")) {
            System.out.println("cannot go on without a port");
            System.exit(3);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("ended in an orderly way")));
        int port = Integer.parseInt(arguments[0]);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                exchange.sendResponseHeaders(200, -1);
            }
        });
        server.start();
    }
}
