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
 * @param linked instances that reach the broker through a listener of their own, whose advertised address somebody else
 *     serves ({@link #link})
 * @param environment given to every service, over the settings of the stack itself
 * @param partitions of every topic that holds records
 * @param lanes of each service's deciders
 * @param ports of everything
 * @param attached whether the processes end with this virtual machine
 * @param records whether start-up caches are recorded where there are none
 */
public record StackOptions(
        Path folder,
        List<String> services,
        List<String> linked,
        Map<String, String> environment,
        int partitions,
        int lanes,
        Ports ports,
        boolean attached,
        boolean records) {

    public StackOptions {
        folder = folder.toAbsolutePath();
        services = List.copyOf(services);
        linked = List.copyOf(linked);
        environment = Map.copyOf(environment);
    }

    /** The stack people use: known ports, in {@code .stack} of the project, outlives who started it. */
    static StackOptions forPeople(Build build) {
        return new StackOptions(
                build.root().resolve(".stack"), Service.ALL, List.of(), Map.of(), 2, 1, Ports.known(), false, true);
    }

    /** A stack for tests: all services, free ports, ends with this virtual machine. */
    public static StackOptions forTests(Path folder) {
        return new StackOptions(folder, Service.ALL, List.of(), Map.of(), 2, 1, Ports.free(), true, false);
    }

    /** The same with only these services, or none. */
    public StackOptions withServices(String... only) {
        return new StackOptions(
                folder, List.of(only), List.of(), environment, partitions, lanes, ports, attached, records);
    }

    /** The same, recording start-up caches where there are none, for all stacks of the project that start later. */
    public StackOptions recording() {
        return new StackOptions(folder, services, linked, environment, partitions, lanes, ports, attached, true);
    }

    /** The same with this many lanes for each service, at most 2. */
    public StackOptions withLanes(int number) {
        return new StackOptions(folder, services, linked, environment, partitions, number, ports, attached, records);
    }

    /** The same with one more setting for every service. */
    public StackOptions with(String variable, String value) {
        var more = new HashMap<>(environment);
        more.put(variable, value);
        return new StackOptions(folder, services, linked, more, partitions, lanes, ports, attached, records);
    }

    /**
     * The same with every instance on a link of its own to the broker, that its owner may cut: the owner of the stack
     * carries what comes in at {@link Link#advertised} to {@link Link#broker}, from before the start.
     */
    public StackOptions withLinks() {
        return new StackOptions(folder, services, services, environment, partitions, lanes, ports, attached, records);
    }

    /** The two ends of an instance's link to the broker, ports on 127.0.0.1. */
    public Link link(String instance) {
        return new Link(ports.of("link-of-" + instance), ports.of("broker-for-" + instance));
    }

    /**
     * A link to the broker.
     *
     * @param advertised where the instance, and every client it tells, believes the broker to be
     * @param broker where the broker listens for it
     */
    public record Link(int advertised, int broker) {}
}
