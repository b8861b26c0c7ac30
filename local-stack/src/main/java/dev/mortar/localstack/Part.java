package dev.mortar.localstack;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * One process of a stack: the broker, the registry, the mail server, the issuer or an instance of a service.
 *
 * <p>Which process it is stands in a file with its id and the instant it started, so that another {@code mortar} finds
 * it and a process that merely got the same id later is not mistaken for it.
 */
public final class Part {
    private static final Duration START_TIMEOUT = Duration.ofMinutes(3);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(60);
    /** A process that recorded a start-up cache writes it before it ends. */
    private static final Duration RECORDING_STOP_TIMEOUT = Duration.ofMinutes(3);

    static final long POLL_MS = 50;
    private static final long CLOCK_ROUNDING_MILLIS = 2_000;
    private static final long LOG_LIMIT_BYTES = 50_000_000;
    private static final int LAST_LOG_LINES = 25;

    /**
     * Starts every attached process. The kernel kills a process whose parent-death signal is set when the thread that
     * started it ends, so that thread has to live as long as this virtual machine.
     */
    private static final ExecutorService STARTER = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("stack-starter").factory());

    private final String name;
    private final String program;
    private final List<Integer> ports;
    private final Place place;
    private final Supplier<Launch> launch;
    private final BooleanSupplier ready;
    /** Where in the log the present start begins, in bytes; 0 when another virtual machine started it. */
    private volatile long logStart;

    /** The folder that holds run, logs and data of a stack, and whether its processes end with this virtual machine. */
    record Place(Path folder, boolean attached, AotCache cache) {}

    /**
     * A part that may or may not run already: a name of its own in the stack, the program (instances of a service share
     * it), all ports (the one that people use first), how it is launched at each start, and whether it can do its work,
     * which has to be answered within seconds.
     */
    Part(
            String name,
            String program,
            List<Integer> ports,
            Place place,
            Supplier<Launch> launch,
            BooleanSupplier ready) {
        this.name = name;
        this.program = program;
        this.ports = ports;
        this.place = place;
        this.launch = launch;
        this.ready = ready;
    }

    public String name() {
        return name;
    }

    /** The port on 127.0.0.1 where people and other parts reach it. */
    public int port() {
        return ports.getFirst();
    }

    /** Standard output and error of every start, one after the other. */
    public Path log() {
        return place.folder().resolve("logs").resolve(name + ".log");
    }

    /** Its own folder, in which its process runs; kept when it stops. */
    public Path data() {
        return place.folder().resolve("data").resolve(name);
    }

    /** Whether its process exists, frozen or not, ready or not. */
    public boolean isRunning() {
        return process().isPresent();
    }

    public boolean isReady() {
        return isRunning() && ready.getAsBoolean();
    }

    /** The id of its process, which has to run. */
    public long pid() {
        return running().pid();
    }

    /** Starts the process and returns at once; does nothing when it runs. Names the holder of a port that is taken. */
    public void start() {
        start(Map.of());
    }

    /** The same with more environment, for this start alone. */
    public void start(Map<String, String> environment) {
        if (isRunning()) {
            return;
        }
        checkPorts();
        try {
            Files.createDirectories(log().getParent());
            Files.createDirectories(data());
            Files.createDirectories(pidFile().getParent());
            if (Files.exists(log()) && Files.size(log()) > LOG_LIMIT_BYTES) {
                Files.move(log(), log().resolveSibling(name + ".log.1"), StandardCopyOption.REPLACE_EXISTING);
            }
            logStart = Files.exists(log()) ? Files.size(log()) : 0;
            Launch how = launch.get();
            List<String> command = new ArrayList<>(place.attached() ? ATTACHED : DETACHED);
            command.addAll(how.command(place.cache().options(program, how)));
            var builder = new ProcessBuilder(command)
                    .directory(data().toFile())
                    .redirectErrorStream(true)
                    .redirectInput(new File("/dev/null"))
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
            how.applyTo(builder.environment());
            builder.environment().putAll(environment);
            ProcessHandle process = STARTER.submit(builder::start).get().toHandle();
            Files.writeString(pidFile(), process.pid() + " " + started(process) + " " + how.digest());
        } catch (ExecutionException | IOException e) {
            throw new StackFailure(name + " could not be started: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            throw StackFailure.interrupted(name, e);
        }
    }

    /** @throws StackFailure when somebody else listens on one of its ports */
    void checkPorts() {
        for (int port : ports) {
            if (!isRunning() && !Ports.isFree(port)) {
                throw new StackFailure("Port " + port + ", needed by " + name + ", is taken by " + Ports.holder(port));
            }
        }
    }

    /** Waits up to 180 seconds until it is ready; a failure shows the last lines of its log. */
    public void awaitReady() {
        long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
        while (!checkReady()) {
            if (System.nanoTime() > deadline) {
                throw new StackFailure(name + " runs but was not ready within " + START_TIMEOUT.toSeconds()
                        + " seconds. The end of " + log() + ":\n" + lastLogLines());
            }
            Api.pause(POLL_MS);
        }
    }

    /** Whether it is ready; a failure with the last lines of its log when its process has ended. */
    boolean checkReady() {
        checkRunning();
        return ready.getAsBoolean();
    }

    /** @throws StackFailure when its process has ended, with the last lines of its log */
    void checkRunning() {
        if (!isRunning()) {
            throw new StackFailure(name + " ended during the start. The end of " + log() + ":\n" + lastLogLines());
        }
    }

    /**
     * Asks the process to end (SIGTERM) and waits until it has; kills it when it does not within 60 seconds, or 180
     * when it has a start-up cache to write.
     *
     * @return false when it had to be killed
     */
    public boolean stop() {
        Optional<ProcessHandle> process = process();
        if (process.isEmpty()) {
            return true;
        }
        boolean recording = place.cache().isRecording(process.get());
        signal(process.get(), "CONT");
        // The recording of a start that went wrong is of no use to later ones.
        boolean wellRecorded = recording && ready.getAsBoolean();
        process.get().destroy();
        boolean orderly = awaitEnd(process.get(), recording ? RECORDING_STOP_TIMEOUT : STOP_TIMEOUT);
        if (!orderly) {
            kill9();
        } else if (wellRecorded) {
            place.cache().accept(program);
        }
        return orderly;
    }

    /** Whether the process writes a start-up cache when it is stopped, which takes it some seconds. */
    boolean isRecording() {
        return process().map(place.cache()::isRecording).orElse(false);
    }

    /** Whether it runs a jar or options of an earlier build. */
    boolean isOutdated() {
        try {
            return isRunning() && !pidFileFields()[2].equals(launch.get().digest());
        } catch (IOException | IndexOutOfBoundsException e) {
            return true;
        }
    }

    /** Kills the process (SIGKILL) and waits until it is gone; does nothing when it does not run. */
    public void kill9() {
        process().ifPresent(process -> {
            process.destroyForcibly();
            if (!awaitEnd(process, STOP_TIMEOUT)) {
                throw new StackFailure(name + ", process " + process.pid() + ", cannot be killed");
            }
        });
    }

    /** Stops the clock of the process (SIGSTOP): its connections stay open and nobody answers. */
    public void freeze() {
        signal(running(), "STOP");
    }

    /** Lets a frozen process go on (SIGCONT). */
    public void resume() {
        signal(running(), "CONT");
    }

    /** The end of its log since it was last started, without the lines of the virtual machine about its caches. */
    String lastLogLines() {
        try (var file = FileChannel.open(log())) {
            file.position(Math.min(logStart, file.size()));
            List<String> lines = new BufferedReader(Channels.newReader(file, StandardCharsets.UTF_8))
                    .lines()
                    .filter(line -> !line.contains("AOT"))
                    .toList();
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LOG_LINES), lines.size()));
        } catch (IOException e) {
            return "(no log: " + e.getMessage() + ")";
        }
    }

    /** Megabytes of memory it has resident, 0 when that cannot be known. */
    long residentMegabytes() {
        try {
            Path status = Path.of("/proc/" + pid() + "/status");
            return Files.readAllLines(status).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024)
                    .findAny()
                    .orElse(0);
        } catch (IOException | StackFailure e) {
            return 0;
        }
    }

    private Optional<ProcessHandle> process() {
        try {
            String[] written = pidFileFields();
            return ProcessHandle.of(Long.parseLong(written[0]))
                    .filter(ProcessHandle::isAlive)
                    .filter(process ->
                            Math.abs(started(process) - Long.parseLong(written[1])) <= CLOCK_ROUNDING_MILLIS);
        } catch (IOException | NumberFormatException | IndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }

    /** Process id, start in milliseconds, digest of how it was launched. */
    private String[] pidFileFields() throws IOException {
        return Files.readString(pidFile()).trim().split(" ", -1);
    }

    private static long started(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }

    private boolean awaitEnd(ProcessHandle process, Duration timeout) {
        try {
            process.onExit().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            Files.deleteIfExists(pidFile());
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            throw StackFailure.interrupted(name, e);
        } catch (ExecutionException | IOException e) {
            throw new StackFailure(name + " could not be stopped: " + e.getMessage(), e);
        }
    }

    private ProcessHandle running() {
        return process().orElseThrow(() -> new StackFailure(name + " does not run"));
    }

    private void signal(ProcessHandle process, String signal) {
        // The shell's own kill: the program of that name is not on every machine.
        var kill = new ProcessBuilder("sh", "-c", "kill -" + signal + " " + process.pid());
        try {
            Launch.run(kill, "SIG" + signal + " could not be sent to " + name);
        } catch (StackFailure e) {
            if (process.isAlive()) {
                throw e;
            }
        }
    }

    private Path pidFile() {
        return place.folder().resolve("run").resolve(name + ".pid");
    }

    /** The kernel kills the process when this virtual machine dies, however it dies. Linux only, elsewhere nothing. */
    private static final List<String> ATTACHED = Files.isExecutable(Path.of("/usr/bin/setpriv"))
            ? List.of("/usr/bin/setpriv", "--pdeathsig", "KILL")
            : List.of();

    /** A session of its own: the process outlives the terminal, and Ctrl-C does not reach it. */
    private static final List<String> DETACHED =
            Files.isExecutable(Path.of("/usr/bin/setsid")) ? List.of("/usr/bin/setsid") : List.of();
}
