package dev.mortar.localstack;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarFile;

/** How one of the five services is launched. */
final class Service {
    static final List<String> ALL = List.of("order", "inventory", "pickup", "returns", "notification");

    private Service() {}

    static Launch launch(Build build, String service, Map<String, String> environment) {
        Path jar = build.service(service);
        return new Launch(
                List.of(jar),
                List.of(
                        "-Xms32m",
                        "-Xmx192m",
                        "-XX:+UseSerialGC",
                        "-XX:+ExitOnOutOfMemoryError",
                        "--enable-native-access=ALL-UNNAMED"),
                mainClass(jar),
                List.of(),
                environment);
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
