package dev.mortar.localstack;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarFile;

/** How one of the five services is launched; {@code MORTAR_SERVICE_JVM_OPTIONS} adds options to its virtual machine. */
final class Service {
    static final List<String> ALL = List.of("order", "inventory", "pickup", "returns", "notification");

    private Service() {}

    /** The service of an instance: {@code "order"} of {@code "order-2"}. */
    static String of(String instance) {
        return instance.replaceFirst("-\\d+$", "");
    }

    static Launch launch(Build build, String service, Map<String, String> environment, String... arguments) {
        Path jar = build.service(service);
        List<String> options = new ArrayList<>(List.of(
                "-Xms64m",
                "-Xmx192m",
                // Only the old part of a heap grows by itself. A young part of 10 MB is collected several times a
                // second.
                "-Xmn48m",
                "-XX:+UseCompactObjectHeaders",
                "-XX:+UseSerialGC",
                "-XX:+ExitOnOutOfMemoryError",
                "--enable-native-access=ALL-UNNAMED",
                // Measured: a third less processor time until ready and 30 MB less memory. Long runs at full load are
                // faster with both compilers: MORTAR_SERVICE_JVM_OPTIONS=-XX:TieredStopAtLevel=4
                "-XX:TieredStopAtLevel=1"));
        String more =
                System.getenv().getOrDefault("MORTAR_SERVICE_JVM_OPTIONS", "").trim();
        if (!more.isEmpty()) {
            options.addAll(List.of(more.split("\\s+", -1)));
        }
        return new Launch(List.of(jar), options, mainClass(jar), List.of(arguments), environment);
    }

    private static String mainClass(Path jar) {
        try (var file = new JarFile(jar.toFile())) {
            String name = file.getManifest().getMainAttributes().getValue(Attributes.Name.MAIN_CLASS);
            if (name == null) {
                throw new StackFailure(jar + " names no main class");
            }
            return name;
        } catch (IOException e) {
            throw new StackFailure(jar + " cannot be read: " + e.getMessage(), e);
        }
    }
}
