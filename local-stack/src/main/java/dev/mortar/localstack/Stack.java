package dev.mortar.localstack;

import dev.mortar.schemas.registry.RegistryConfig;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Broker, registry, mail server, issuer and services on this machine, each a real process. System tests start one in a
 * temporary folder, on free ports, and treat its parts badly ({@link Part#kill9}, {@link Part#freeze}).
 *
 * <p>Such a stack ends with the virtual machine that started it, even if that is killed: the kernel kills the processes
 * (parent-death signal), and a shutdown hook where the kernel cannot.
 */
public final class Stack implements AutoCloseable {
    /** Space for the files of a stack before anybody uses it: mostly Kafka's segments and start-up caches. */
    private static final long NEEDED_DISK_BYTES = 2L << 30;

    private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration START_TIMEOUT = Duration.ofMinutes(3);
    private static final Duration STILL_WAITING_INTERVAL = Duration.ofSeconds(5);
    private static final short REPLICATION = 1;
    private static final int PARTITIONS = 2;

    private final Build build;
    private final StackOptions options;
    /** Null if the broker is not secured. */
    private final @Nullable Credentials credentials;

    private final Part broker;
    private final Part registry;
    private final Part mailServer;
    private final Part issuer;
    private final Tokens tokens;
    private final ServiceSettings settings;
    private final Map<String, Part> services = new LinkedHashMap<>();

    /** A stack whose processes may or may not run. */
    Stack(Build build, StackOptions options) {
        this.build = build;
        this.options = options;
        var made = new Credentials(options.folder().resolve("data"));
        if (options.secured() && !made.exist() && Files.exists(options.data("broker"))) {
            throw new StackFailure("This stack has data and was not started with --secure. Forget the data first with:"
                    + " ./mortar down --wipe");
        }
        credentials = options.secured() || made.exist() ? made : null;
        var ports = options.ports();
        int brokerPort = ports.of("broker");
        List<StackOptions.Link> links = options.linked()
                ? options.services().stream().map(options::link).toList()
                : List.of();
        broker = part(
                "broker",
                List.of(brokerPort, ports.of("controller")),
                () -> Broker.launch(
                        build, options.data("broker"), brokerPort, ports.of("controller"), links, credentials),
                () -> Ports.isListenedOn(brokerPort) && Broker.isReady(client()));
        registry = part(
                "registry",
                List.of(ports.of("registry"), ports.of("registry-management")),
                () -> Registry.launch(
                        build,
                        options.data("registry"),
                        ports.of("registry"),
                        ports.of("registry-management"),
                        registryRights()),
                () -> answers(schemaRegistryUrl() + "/subjects", credentials == null ? 200 : 401));
        mailServer = part(
                "mail",
                List.of(ports.of("mail"), ports.of("smtp")),
                () -> MailServer.launch(build, ports.of("smtp"), ports.of("mail"), options.data("mails")),
                () -> answers(url("mail") + "/health"));
        issuer = part(
                "issuer",
                List.of(ports.of("issuer")),
                () -> Issuer.launch(build, ports.of("issuer"), issuerKeys()),
                () -> answers(url("issuer") + Issuer.PATH));
        tokens = new Tokens(url("issuer"), issuerKeys());
        settings = new ServiceSettings(options, tokens, credentials);
        options.services().forEach(name -> services.put(name, instance(name)));
    }

    /** Starts a stack and waits until all of it is ready; stops it again when something keeps it from running. */
    public static Stack start(StackOptions options) {
        var stack = new Stack(Build.find(), options);
        if (options.attached()) {
            Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(stack::kill));
        }
        try {
            stack.up(_ -> {});
            return stack;
        } catch (RuntimeException e) {
            stack.kill();
            throw e;
        }
    }

    public Part broker() {
        return broker;
    }

    public Part registry() {
        return registry;
    }

    public Part mailServer() {
        return mailServer;
    }

    public Part issuer() {
        return issuer;
    }

    /** Tokens that the services of this stack accept. */
    public Tokens tokens() {
        return tokens;
    }

    /** A service's process by its name, {@code "order"}, or that of a further instance, {@code "order-2"}. */
    public Part service(String name) {
        Part service = services.get(name);
        if (service == null) {
            throw new IllegalArgumentException("The stack has " + services.keySet() + ", not " + name);
        }
        return service;
    }

    /** The id by which an instance is known to Kafka: {@code "order-1"} of {@code "order"}. */
    public static String instanceId(String name) {
        return name.equals(Service.of(name)) ? name + "-1" : name;
    }

    public Stores stores() {
        return new Stores(this, build);
    }

    public Mails mails() {
        return new Mails(options.data("mails"));
    }

    public String bootstrapServers() {
        return "127.0.0.1:" + broker.port();
    }

    /** The settings of a client that may do everything, as release steps need them. */
    public Map<String, Object> client() {
        return client(Credentials.RELEASE);
    }

    /** The settings of a user's clients; the brokers' addresses alone if the broker is not secured. */
    public Map<String, Object> client(String user) {
        return credentials == null
                ? Map.of("bootstrap.servers", bootstrapServers())
                : credentials.client(bootstrapServers(), user);
    }

    /** Whether the broker asks for user and password. */
    boolean isSecured() {
        return credentials != null;
    }

    private Registry.@Nullable Secured registryRights() {
        return credentials == null
                ? null
                : new Registry.Secured(Registry.settings(credentials, bootstrapServers(), Acls.REGISTRY), tokens);
    }

    private @Nullable Path registryToken(String role) {
        return credentials == null ? null : credentials.registryToken(role);
    }

    /** The registry's Confluent-compatible API. */
    public String schemaRegistryUrl() {
        return options.schemaRegistryUrl();
    }

    /** The base URL of a part that speaks HTTP: registry, mail, or a service's instance; without slash at the end. */
    public String url(String name) {
        return "http://127.0.0.1:" + options.ports().of(name);
    }

    /** The base URL of an instance's management port. */
    public String managementUrl(String instance) {
        return url(ServiceSettings.managementOf(instance));
    }

    /** The URLs of the services and of the mail view in the stack that people use, by name. */
    public static Map<String, String> knownUrls() {
        Map<String, String> urls = new HashMap<>();
        Stream.concat(Service.ALL.stream(), Stream.of("mail")).forEach(name -> urls.put(name, knownUrl(name)));
        return urls;
    }

    /** The URLs of the services' management ports in the stack that people use, by service. */
    static Map<String, String> knownManagementUrls() {
        Map<String, String> urls = new HashMap<>();
        Service.ALL.forEach(name -> urls.put(name, knownUrl(ServiceSettings.managementOf(name))));
        return urls;
    }

    private static String knownUrl(String name) {
        return "http://127.0.0.1:" + Ports.KNOWN.get(name);
    }

    StackOptions options() {
        return options;
    }

    ServiceSettings settings() {
        return settings;
    }

    /** All parts in the order they start. */
    List<Part> parts() {
        List<Part> all = new ArrayList<>(base());
        all.addAll(services.values());
        return all;
    }

    /** The parts that services need. */
    private List<Part> base() {
        return List.of(broker, registry, mailServer, issuer);
    }

    /** Starts one more instance of a service, with number 2 or higher, and waits until it is ready. */
    public Part startInstance(String service, int number) {
        String name = service + "-" + number;
        Part instance = services.computeIfAbsent(name, this::instance);
        instance.start();
        instance.awaitReady();
        return instance;
    }

    /**
     * Starts all parts that do not run, with topics and schemas, and waits until all are ready; reports each part's
     * turn.
     */
    void up(Consumer<String> progress) {
        checkDisk();
        List<Part> outdated = parts().stream().filter(Part::isOutdated).toList();
        if (!outdated.isEmpty()) {
            progress.accept("restarting   " + names(outdated) + ", which a newer build replaces");
            stopAll(outdated, progress);
        }
        parts().forEach(Part::checkPorts);
        if (credentials != null) {
            secure(credentials, progress);
        }
        base().forEach(Part::start);
        await(base(), progress);
        int created = Topics.create(client(), PARTITIONS, options.lanes(), REPLICATION, options.topicPrefix());
        progress.accept(created == 0 ? "topics are there" : created + " topics created");
        boolean registered = Registry.register(
                schemaRegistryUrl(), options.topicPrefix(), registry.data(), registryToken(Registry.DEVELOPER));
        progress.accept(registered ? "schemas registered" : "schemas are registered");
        services.values().forEach(Part::start);
        await(services.values(), progress);
    }

    /** Starts the broker and makes users and rights: the registry needs its own before it starts. */
    private void secure(Credentials made, Consumer<String> progress) {
        if (!broker.isRunning()) {
            made.make(Acls.users(options.topicPrefix()), List.of("127.0.0.1", "localhost"));
        }
        SecretFile.makeOnce(issuerKeys(), Issuer::newKey);
        made.makeRegistryTokens(tokens);
        broker.start();
        broker.awaitReady();
        auditorFile(made);
        int users = Users.set(client(), made.users()).size();
        var plan = Acls.bring(client(), options.topicPrefix(), false, new PrintStream(OutputStream.nullOutputStream()));
        progress.accept("%d users; rights: %d granted, %d taken"
                .formatted(users, plan.granted().size(), plan.taken().size()));
    }

    /** The settings with which the audit reads the broker and the registry. */
    private Path auditorFile(Credentials made) {
        String token = made.registryToken(Registry.READER).toString();
        return made.propertiesFile(
                bootstrapServers(),
                options.topicPrefix() + Acls.AUDITOR,
                List.of(""),
                Map.of(RegistryConfig.BEARER_TOKEN_FILE, token));
    }

    /** Stops all parts in an orderly way: services first, all at once, then what they need. */
    void down(Consumer<String> progress) {
        if (parts().stream().anyMatch(Part::isRecording)) {
            progress.accept(
                    "Writing start-up caches, which makes the next start fast; this takes a while once per build");
        }
        stopAll(services.values(), progress);
        stopAll(base(), progress);
    }

    @Override
    public void close() {
        down(_ -> {});
    }

    /** Kills all parts at once; their files stay. */
    void kill() {
        parts().forEach(Part::kill9);
    }

    private static void stopAll(Collection<Part> parts, Consumer<String> progress) {
        var stopping = parts.stream()
                .filter(Part::isRunning)
                .map(part -> CompletableFuture.runAsync(
                        () -> {
                            boolean orderly = part.stop();
                            progress.accept(
                                    "%-12s %s".formatted(part.name(), orderly ? "stopped" : "did not stop, killed"));
                        },
                        Thread::startVirtualThread))
                .toList();
        try {
            stopping.forEach(CompletableFuture::join);
        } catch (CompletionException e) {
            throw e.getCause() instanceof StackFailure failure ? failure : e;
        }
    }

    private void await(Collection<Part> parts, Consumer<String> progress) {
        long start = System.nanoTime();
        long lastNews = start;
        List<Part> waiting = new ArrayList<>(parts);
        while (!waiting.isEmpty()) {
            base().forEach(Part::checkRunning);
            List<Part> ready = waiting.stream().filter(Part::checkReady).toList();
            double seconds = (System.nanoTime() - start) / 1e9;
            ready.forEach(part -> progress.accept("%-12s ready after %.1f s".formatted(part.name(), seconds)));
            waiting.removeAll(ready);
            if (!ready.isEmpty()) {
                lastNews = System.nanoTime();
            } else if (System.nanoTime() - lastNews > STILL_WAITING_INTERVAL.toNanos()) {
                lastNews = System.nanoTime();
                progress.accept("waiting for  " + names(waiting));
            }
            if (seconds > START_TIMEOUT.toSeconds()) {
                throw new StackFailure("Not ready after " + START_TIMEOUT.toSeconds() + " seconds: " + names(waiting)
                        + ". The end of " + waiting.getFirst().log() + ":\n"
                        + waiting.getFirst().lastLogLines());
            }
            Api.pause(waiting.isEmpty() ? 0 : Part.POLL_MS);
        }
    }

    private static String names(List<Part> parts) {
        return String.join(", ", parts.stream().map(Part::name).toList());
    }

    private void checkDisk() {
        try {
            Path data = Files.createDirectories(options.folder().resolve("data"));
            long free = Files.getFileStore(data).getUsableSpace();
            if (free < NEEDED_DISK_BYTES) {
                throw new StackFailure("No disk: " + data
                        + " has %d MB free, the stack needs %d MB".formatted(free >> 20, NEEDED_DISK_BYTES >> 20));
            }
        } catch (IOException e) {
            throw new StackFailure("The folder " + options.folder() + " cannot be used: " + e.getMessage(), e);
        }
    }

    private Part instance(String name) {
        String service = Service.of(name);
        var ports = List.of(options.ports().of(name), options.ports().of(ServiceSettings.managementOf(name)));
        return new Part(
                name,
                service,
                ports,
                place(name.equals(service)),
                () -> Service.launch(build, service, settings.of(name)),
                () -> answers(url(name) + "/readyz"));
    }

    private Path issuerKeys() {
        return options.data("issuer").resolve("keys.json");
    }

    private Part part(String name, List<Integer> ports, Supplier<Launch> launch, BooleanSupplier ready) {
        return new Part(name, name, ports, place(true), launch, ready);
    }

    private Part.Place place(boolean mayRecord) {
        var cache = new AotCache(build.cache().resolve("aot"), options.records() && mayRecord);
        return new Part.Place(options.folder(), options.attached(), cache);
    }

    private static boolean answers(String url) {
        return answers(url, 200);
    }

    private static boolean answers(String url, int status) {
        try {
            return Http.send("GET", url, null, PROBE_TIMEOUT).status() == status;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Lets the audit judge a running stack; its output goes to the report, and its exit status is 0 when every promise
     * holds.
     */
    public int audit(Path report, String heap, List<String> more) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Launch.JAVA, "-Xmx" + heap, "-cp"));
        command.addAll(List.of(System.getProperty("java.class.path"), "dev.mortar.audit.AuditCli"));
        command.addAll(List.of("--bootstrap", bootstrapServers(), "--registry", schemaRegistryUrl()));
        if (credentials != null) {
            Path client = auditorFile(credentials);
            command.addAll(List.of("--kafka-properties", client.toString()));
        }
        command.addAll(more);
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(report.toFile());
        builder.environment().put("MORTAR_TOKEN", tokens.token(Tokens.READER));
        return builder.start().waitFor();
    }

    /** Deletes a folder with all that is in it; does nothing when it is not there. */
    public static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }
}
