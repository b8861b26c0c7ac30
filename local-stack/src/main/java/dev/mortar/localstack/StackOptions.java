package dev.mortar.localstack;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a stack is made of and where.
 *
 * @param folder for data, logs and mails; whoever starts the stack cleans it up
 * @param services that are started, in {@code Service.ALL}'s names: order, inventory, pickup, returns, notification
 * @param environment given to every service, over what the stack itself sets
 * @param partitions of every topic
 * @param ports of everything
 * @param attached whether the processes end with this virtual machine
 * @param records whether start-up caches are recorded where there are none
 */
public record StackOptions(
        Path folder,
        List<String> services,
        Map<String, String> environment,
        int partitions,
        Ports ports,
        boolean attached,
        boolean records) {

    public StackOptions {
        folder = folder.toAbsolutePath();
        services = List.copyOf(services);
        environment = Map.copyOf(environment);
    }

    /** The stack people use: known ports, in {@code .stack} of the project, outlives who started it. */
    static StackOptions forPeople(Build build) {
        return new StackOptions(build.root().resolve(".stack"), Service.ALL, Map.of(), 4, Ports.known(), false, true);
    }

    /** A stack for tests: all services, free ports, ends with this virtual machine. */
    public static StackOptions forTests(Path folder) {
        return new StackOptions(folder, Service.ALL, Map.of(), 4, Ports.free(), true, false);
    }

    /** The same with only these services, or none. */
    public StackOptions withServices(String... only) {
        return new StackOptions(folder, List.of(only), environment, partitions, ports, attached, records);
    }

    /** The same with one more setting for every service. */
    public StackOptions with(String variable, String value) {
        var more = new HashMap<>(environment);
        more.put(variable, value);
        return new StackOptions(folder, services, more, partitions, ports, attached, records);
    }
}
