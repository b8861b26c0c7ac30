package dev.mortar.localstack;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The parts of a stack, and its place.
 *
 * @param folder for data, logs and mails; the owner of the stack cleans it up
 * @param services whose instances are started: order, inventory, pickup, returns, notification; {@code order-2} is a
 *     second instance of order
 * @param linked whether each of them reaches the broker through a listener of its own ({@link #withLinks})
 * @param environment given to every service, over the settings of the stack itself
 * @param attached whether the processes end with this virtual machine
 * @param records whether start-up caches are recorded where there are none
 * @param secured whether the broker asks everybody for user and password ({@link #withSecurity})
 */
public record StackOptions(
        Path folder,
        List<String> services,
        boolean linked,
        Map<String, String> environment,
        int lanes,
        Ports ports,
        boolean attached,
        boolean records,
        boolean secured) {

    public StackOptions {
        folder = folder.toAbsolutePath();
        services = List.copyOf(services);
        environment = Map.copyOf(environment);
    }

    /** The stack people use: known ports, in {@code .stack} of the project, outlives who started it. */
    static StackOptions forPeople(Build build) {
        Path folder = build.root().resolve(".stack");
        return new StackOptions(folder, Service.ALL, false, Map.of(), 1, Ports.known(), false, true, false);
    }

    /** A stack for tests: all services, free ports, ends with this virtual machine. */
    public static StackOptions forTests(Path folder) {
        return new StackOptions(folder, Service.ALL, false, Map.of(), 1, Ports.free(), true, false, false);
    }

    public StackOptions withServices(String... only) {
        return new StackOptions(folder, List.of(only), linked, environment, lanes, ports, attached, records, secured);
    }

    /**
     * The same with a broker that asks everybody for user and password over TLS and lets each do what {@link Acls}
     * declares. It holds for the life of the data: a folder is secured from its first start or never.
     */
    public StackOptions withSecurity() {
        return new StackOptions(folder, services, linked, environment, lanes, ports, attached, records, true);
    }

    /** The same, recording start-up caches where there are none, for all stacks of the project that start later. */
    public StackOptions recording() {
        return new StackOptions(folder, services, linked, environment, lanes, ports, attached, true, secured);
    }

    /** The same with this many lanes for each service, at most 2. */
    public StackOptions withLanes(int number) {
        return new StackOptions(folder, services, linked, environment, number, ports, attached, records, secured);
    }

    public StackOptions with(Map<String, String> settings) {
        var more = new HashMap<>(environment);
        more.putAll(settings);
        return new StackOptions(folder, services, linked, more, lanes, ports, attached, records, secured);
    }

    /**
     * The same with every instance on a link of its own to the broker, that its owner may cut: the owner of the stack
     * carries what comes in at {@link Link#advertised} to {@link Link#broker}, from before the start.
     */
    public StackOptions withLinks() {
        return new StackOptions(folder, services, true, environment, lanes, ports, attached, records, secured);
    }

    Path data(String part) {
        return folder.resolve("data").resolve(part);
    }

    String schemaRegistryUrl() {
        return "http://127.0.0.1:" + ports.of("registry") + "/apis/ccompat/v7";
    }

    String topicPrefix() {
        return environment.getOrDefault("MORTAR_TOPIC_PREFIX", "");
    }

    public Link link(String instance) {
        return new Link(ports.of("link-of-" + instance), ports.of("broker-for-" + instance));
    }

    /** Advertised is where the instance believes the broker to be; broker is where the broker listens for it. */
    public record Link(int advertised, int broker) {}
}
