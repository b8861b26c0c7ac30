package dev.mortar.localstack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PortsTest {
    private static final int STARTS = 2_000;

    private final int port = Ports.free().of("server");

    @Test
    void aServerThatListensIsSeen() throws IOException {
        assertThat(Ports.isListenedOn(port)).isFalse();
        try (var server = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            assertThat(server.isBound()).isTrue();
            assertThat(Ports.isListenedOn(port)).isTrue();
            assertThat(Ports.isFree(port)).isFalse();
        }
        assertThat(Ports.isFree(port)).isTrue();
    }

    @Test
    void whoWaitsForAServerNeverTakesItsPort() throws IOException, InterruptedException {
        var waiting = new AtomicBoolean(true);
        var looks = new AtomicLong();
        Thread waiter = Thread.ofPlatform().start(() -> {
            while (waiting.get()) {
                Ports.isListenedOn(port);
                looks.incrementAndGet();
            }
        });

        for (int start = 0; start < STARTS || looks.get() < STARTS; start++) {
            // As a server does before it listens.
            try (var starting = new Socket()) {
                starting.setReuseAddress(true);
                starting.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            }
        }

        waiting.set(false);
        waiter.join();
    }
}
