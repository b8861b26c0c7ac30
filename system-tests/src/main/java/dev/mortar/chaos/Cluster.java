package dev.mortar.chaos;

import dev.mortar.localstack.Part;
import dev.mortar.localstack.Service;
import dev.mortar.localstack.Stack;
import dev.mortar.localstack.StackOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A stack with several instances of services, each with a network of its own to the broker. */
record Cluster(Stack stack, Map<String, Network> networks, Map<String, List<String>> instances)
        implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(100);

    /** Starts this many instances of each service, with this environment, and waits until all are ready. */
    static Cluster start(Path folder, int count, Map<String, String> environment) throws IOException {
        Map<String, List<String>> instances = new LinkedHashMap<>();
        Service.ALL.forEach(noun -> instances.put(
                noun,
                IntStream.rangeClosed(1, count)
                        .mapToObj(number -> number == 1 ? noun : noun + "-" + number)
                        .toList()));
        StackOptions options = StackOptions.forTests(folder)
                .withServices(instances.values().stream().flatMap(List::stream).toArray(String[]::new))
                .withLinks()
                .with(environment);
        Map<String, Network> networks = new LinkedHashMap<>();
        for (String instance : options.services()) {
            networks.put(instance, new Network(options.link(instance)));
        }
        return new Cluster(Stack.start(options), networks, instances);
    }

    List<String> instances(String noun) {
        return Objects.requireNonNull(instances.get(noun));
    }

    Network network(String instance) {
        return Objects.requireNonNull(networks.get(instance));
    }

    /** The URL of any instance of a service, or of the mail view: clients know all of them and ask one. */
    @Nullable
    String url(String name) {
        if (name.equals("mail")) {
            return stack.url("mail");
        }
        List<String> all = instances.get(name);
        return all == null
                ? null
                : stack.url(all.get(ThreadLocalRandom.current().nextInt(all.size())));
    }

    List<Part> parts() {
        List<Part> parts =
                new ArrayList<>(List.of(stack.broker(), stack.registry(), stack.mailServer(), stack.issuer()));
        networks.keySet().forEach(instance -> parts.add(stack.service(instance)));
        return parts;
    }

    List<Part> brokerAndServices() {
        List<Part> others = List.of(stack.registry(), stack.mailServer(), stack.issuer());
        return parts().stream().filter(part -> !others.contains(part)).toList();
    }

    /** Whether each of these was ready once within this time: meanwhile another may have been killed. */
    static boolean awaitReady(Collection<Part> parts, Duration patience) throws InterruptedException {
        long endNs = System.nanoTime() + patience.toNanos();
        Set<Part> waited = new LinkedHashSet<>(parts);
        while (true) {
            waited.removeIf(Part::isReady);
            if (waited.isEmpty()) {
                return true;
            }
            if (System.nanoTime() > endNs) {
                return false;
            }
            Thread.sleep(POLL);
        }
    }

    /** Ends all faults of networks and processes, and starts every part that does not run. */
    void endFaults() {
        networks.values().forEach(network -> network.become(Network.State.GOOD, Duration.ZERO));
        for (Part part : parts()) {
            if (part.isRunning()) {
                part.resume();
            } else {
                part.start();
            }
        }
    }

    @Override
    public void close() throws IOException {
        stack.close();
        for (Network network : networks.values()) {
            network.close();
        }
    }
}
