package dev.mortar.localstack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/** Which port on 127.0.0.1 each part of a stack listens on. */
public final class Ports {
    /** The ports people know, by the name of the part that listens. */
    static final Map<String, Integer> KNOWN = Map.ofEntries(
            Map.entry("broker", 9092),
            Map.entry("controller", 9093),
            Map.entry("registry", 8081),
            Map.entry("registry-management", 8091),
            Map.entry("smtp", 3025),
            Map.entry("mail", 8025),
            Map.entry("order", 8101),
            Map.entry("inventory", 8102),
            Map.entry("pickup", 8103),
            Map.entry("returns", 8104),
            Map.entry("notification", 8105),
            Map.entry("order-management", 8201),
            Map.entry("inventory-management", 8202),
            Map.entry("pickup-management", 8203),
            Map.entry("returns-management", 8204),
            Map.entry("notification-management", 8205),
            Map.entry("issuer", 8109));

    /** Below the range from which the kernel takes the ports of outgoing connections. */
    private static final int FREE_FROM = 20_000;

    private static final int FREE_TO = 32_000;
    private static final int FREE_ATTEMPTS = 1_000;

    private final Map<String, Integer> known;
    private final Map<String, Integer> given = new ConcurrentHashMap<>();

    private Ports(Map<String, Integer> known) {
        this.known = known;
    }

    static Ports known() {
        return new Ports(KNOWN);
    }

    /** A free port for everything, so that stacks can run side by side. */
    static Ports free() {
        return new Ports(Map.of());
    }

    /** The port of the part with this name; the same for as long as this object lives. */
    int of(String name) {
        return known.containsKey(name) ? known.getOrDefault(name, 0) : given.computeIfAbsent(name, _ -> anyFree());
    }

    private int anyFree() {
        for (int attempt = 0; attempt < FREE_ATTEMPTS; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(FREE_FROM, FREE_TO);
            if (!given.containsValue(port) && isFree(port)) {
                return port;
            }
        }
        throw new StackFailure("No port between " + FREE_FROM + " and " + FREE_TO + " is free");
    }

    /** Connects to find out: to bind the port, if only for an instant, would keep it from a server that starts. */
    static boolean isListenedOn(int port) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether the port can be had; binds it for an instant. */
    static boolean isFree(int port) {
        try (var socket = new ServerSocket()) {
            // A port whose last connections are only winding down counts as free, as it does for the servers.
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Says which process listens on a port, as far as this user may know. */
    static String holder(int port) {
        try {
            Set<String> sockets = Set.copyOf(listeningSockets(port));
            try (Stream<ProcessHandle> processes = ProcessHandle.allProcesses()) {
                Optional<ProcessHandle> holder = processes
                        .filter(process -> holdsAny(process.pid(), sockets))
                        .findAny();
                if (holder.isPresent()) {
                    String command = holder.get().info().commandLine().orElse("unknown command");
                    return "process " + holder.get().pid() + " ("
                            + (command.length() > 80 ? command.substring(0, 80) + "…" : command) + ")";
                }
            }
        } catch (IOException e) {
            // Not Linux, or no rights: the port is taken all the same.
        }
        return "a process that cannot be seen from here";
    }

    private static List<String> listeningSockets(int port) throws IOException {
        List<String> sockets = new ArrayList<>();
        for (Path table : List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"))) {
            for (String line : Files.exists(table) ? Files.readAllLines(table) : List.<String>of()) {
                String[] columns = line.trim().split("\\s+", -1);
                boolean listening = columns[3].equals("0A");
                if (listening && columns[1].endsWith(":%04X".formatted(port))) {
                    sockets.add("socket:[" + columns[9] + "]");
                }
            }
        }
        return sockets;
    }

    private static boolean holdsAny(long pid, Set<String> sockets) {
        try (Stream<Path> open = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return open.anyMatch(file -> sockets.contains(target(file)));
        } catch (IOException | UncheckedIOException e) {
            return false;
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            return "";
        }
    }
}
