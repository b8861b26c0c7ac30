package dev.mortar.chaos;

import dev.mortar.localstack.StackOptions.Link;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.kafka.common.message.EndTxnRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageSizeAccumulator;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.requests.RequestHeader;

/**
 * The network between one instance and the broker: a proxy that passes requests and answers on, unless it is told not
 * to. It understands one kind of request, EndTxn, which ends a transaction.
 */
public final class Network implements AutoCloseable {
    private static final int FRAME_MAX_BYTES = 128 * 1024 * 1024;
    private static final int CONNECT_TIMEOUT_MS = 2_000;
    private static final long NOBODY = Long.MAX_VALUE;

    private final Link link;
    private final ServerSocket server;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile State state = State.GOOD;
    private volatile Duration delay = Duration.ZERO;
    private volatile Function<EndTxnRequestData, Fate> fates = _ -> Fate.PASSES;

    /** The fate of an EndTxn. */
    public enum Fate {
        PASSES,
        /** The connection ends before the broker has it. */
        LOST,
        /** The broker gets it with another producer's id, and refuses it. */
        REFUSED,
        /** The broker does as it says; the connection ends in place of the answer. */
        UNANSWERED
    }

    enum State {
        GOOD,
        /** Connections end, new ones are refused. */
        CUT,
        /** Bytes are held back and arrive, in order, when the network is good again, as after lost packets. */
        SILENT
    }

    /** Open from now on, and good; a failure when the port is taken. */
    public Network(Link link) throws IOException {
        this.link = link;
        server = new ServerSocket();
        server.setReuseAddress(true);
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), link.advertised()));
        Thread.startVirtualThread(this::accept);
    }

    /** Changes the network from now on, with a delay of every packet. */
    void become(State state, Duration delay) {
        synchronized (this) {
            this.delay = delay;
            this.state = state;
            notifyAll();
        }
        if (state == State.CUT) {
            open.forEach(Network::closeQuietly);
        }
    }

    /** Decides from now on about each EndTxn before it goes on; it waits as long as the function takes. */
    public void decideEndTxn(Function<EndTxnRequestData, Fate> fates) {
        this.fates = fates;
    }

    public void passEndTxn() {
        fates = _ -> Fate.PASSES;
    }

    @Override
    public void close() throws IOException {
        server.close();
        become(State.CUT, Duration.ZERO);
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
                throw new UncheckedIOException(e);
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
            Set<Integer> unanswered = ConcurrentHashMap.newKeySet();
            Thread.startVirtualThread(() -> pump(broker, client, answer -> !unanswered.contains(answer.getInt(0))));
            pump(client, broker, request -> mayPass(request, unanswered));
        } catch (IOException e) {
            end(client, broker);
        }
    }

    /** Carries frames: a frame is its length in four bytes, and as many bytes. */
    private void pump(Socket from, Socket to, Predicate<ByteBuffer> mayPass) {
        try {
            var in = new DataInputStream(new BufferedInputStream(from.getInputStream()));
            OutputStream out = to.getOutputStream();
            while (true) {
                int length = in.readInt();
                if (length < 0 || length > FRAME_MAX_BYTES) {
                    throw new SocketException("no frame of Kafka has " + length + " bytes");
                }
                ByteBuffer frame = ByteBuffer.allocate(Integer.BYTES + length).putInt(length);
                in.readFully(frame.array(), Integer.BYTES, length);
                if (!delay.isZero()) {
                    Thread.sleep(delay);
                }
                awaitVoice();
                if (!mayPass.test(frame.slice())) {
                    return;
                }
                out.write(frame.array());
            }
        } catch (IOException e) {
            // One side is gone: so is the other.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            end(from, to);
        }
    }

    /** False when the connection has to end before this request; one that shall be refused is changed in place. */
    private boolean mayPass(ByteBuffer request, Set<Integer> unanswered) {
        if (request.getShort(0) != ApiKeys.END_TXN.id) {
            return true;
        }
        RequestHeader header = RequestHeader.parse(request);
        ByteBuffer body = request.slice();
        var end = new EndTxnRequestData(new ByteBufferAccessor(request), header.apiVersion());
        switch (fates.apply(end)) {
            case PASSES -> {}
            case LOST -> {
                return false;
            }
            case REFUSED -> {
                var cache = new ObjectSerializationCache();
                end.setProducerId(NOBODY).addSize(new MessageSizeAccumulator(), cache, header.apiVersion());
                end.write(new ByteBufferAccessor(body), cache, header.apiVersion());
            }
            case UNANSWERED -> unanswered.add(header.correlationId());
        }
        return true;
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
