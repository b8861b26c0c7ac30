package dev.mortar.localstack;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarFile;

/** How one of the five services is launched; {@code MORTAR_SERVICE_JVM_OPTIONS} adds options to its virtual machine. */
public final class Service {
    /** The services, each named as its topics begin. */
    public static final List<String> ALL = List.of("order", "inventory", "pickup", "returns", "notification");

    private Service() {}

    /** The service of an instance: {@code "order"} of {@code "order-2"}. */
    static String of(String instance) {
        return instance.replaceFirst("-\\d+$", "");
    }

    static Launch launch(Build build, String service, Map<String, String> environment, String... arguments) {
        Path jar = build.service(service);
        return new Launch(List.of(jar), jvmOptions(), mainClass(jar), List.of(arguments), environment);
    }

    /** The options of its virtual machine; of repeated ones the last counts. */
    public static List<String> jvmOptions() {
        // -Xmn: only the old part of a heap grows by itself, and one of 10 MB is collected several times a second.
        // TieredStopAtLevel=1: a third less processor time until ready and 30 MB less memory, as measured. Long runs at
        // full load are faster with both compilers: MORTAR_SERVICE_JVM_OPTIONS=-XX:TieredStopAtLevel=4
        List<String> options = new ArrayList<>(Launch.options("-Xms64m -Xmx192m -Xmn48m -XX:+UseCompactObjectHeaders"
                + " -XX:+UseSerialGC -XX:+ExitOnOutOfMemoryError --enable-native-access=ALL-UNNAMED"
                + " -XX:TieredStopAtLevel=1"));
        options.addAll(Launch.options(System.getenv().getOrDefault("MORTAR_SERVICE_JVM_OPTIONS", "")));
        return options;
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
