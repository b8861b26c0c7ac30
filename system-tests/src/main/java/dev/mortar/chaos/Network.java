package dev.mortar.chaos;

import dev.mortar.localstack.StackOptions.Link;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The network between one instance and the broker: a proxy that passes bytes on, unless it is told not to. Its threads
 * are virtual; it ends when it is closed.
 */
final class Network implements AutoCloseable {
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final int CONNECT_TIMEOUT_MS = 2_000;

    private final Link link;
    private final ServerSocket server;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile State state = State.GOOD;
    private volatile Duration delay = Duration.ZERO;

    /** How the network is. */
    enum State {
        GOOD,
        /** Connections end, new ones are refused. */
        CUT,
        /** Bytes are held back and arrive, in order, when the network is good again: what lost packets look like. */
        SILENT
    }

    /** @throws IOException when the port is taken */
    Network(Link link) throws IOException {
        this.link = link;
        server = new ServerSocket();
        server.setReuseAddress(true);
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), link.advertised()));
        Thread.startVirtualThread(this::accept);
    }

    void become(State state) {
        synchronized (this) {
            this.state = state;
            notifyAll();
        }
        if (state == State.CUT) {
            open.forEach(Network::closeQuietly);
        }
    }

    /** Holds every packet back this long. */
    void delay(Duration delay) {
        this.delay = delay;
    }

    @Override
    public void close() throws IOException {
        server.close();
        become(State.CUT);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                Thread.startVirtualThread(() -> carry(client));
            } catch (SocketException e) {
                // Closed.
                return;
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }

    private void carry(Socket client) {
        var broker = new Socket();
        open.add(client);
        open.add(broker);
        try {
            if (state == State.CUT) {
                throw new SocketException("cut");
            }
            broker.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), link.broker()), CONNECT_TIMEOUT_MS);
            client.setTcpNoDelay(true);
            broker.setTcpNoDelay(true);
            Thread.startVirtualThread(() -> pump(broker, client));
            pump(client, broker);
        } catch (IOException e) {
            end(client, broker);
        }
    }

    private void pump(Socket from, Socket to) {
        byte[] buffer = new byte[BUFFER_BYTES];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                if (!delay.isZero()) {
                    Thread.sleep(delay);
                }
                awaitVoice();
                out.write(buffer, 0, read);
            }
        } catch (IOException e) {
            // One side is gone: so is the other.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            end(from, to);
        }
    }

    private synchronized void awaitVoice() throws InterruptedException {
        while (state == State.SILENT) {
            wait();
        }
    }

    private void end(Socket one, Socket other) {
        open.remove(one);
        open.remove(other);
        closeQuietly(one);
        closeQuietly(other);
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is of no use any more either way.
        }
    }
}
