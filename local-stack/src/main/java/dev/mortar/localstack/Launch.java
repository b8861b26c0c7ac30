package dev.mortar.localstack;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How a Java process is launched.
 *
 * @param jvmOptions nothing that differs between two starts of the same program
 * @param environment added to that of this process
 */
record Launch(
        List<Path> classPath,
        List<String> jvmOptions,
        String mainClass,
        List<String> arguments,
        Map<String, String> environment) {

    static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    /** Variables that would change a virtual machine's options. */
    static final List<String> JVM_VARIABLES = List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

    static List<String> options(String text) {
        return text.isBlank() ? List.of() : List.of(text.strip().split("\\s+", -1));
    }

    /** How a program of this module is launched; it does little, so one simple compiler is enough. */
    static Launch own(Build build, String heap, Class<?> program, String... arguments) {
        List<Path> classPath = new ArrayList<>(List.of(build.ownCode()));
        classPath.addAll(build.libraries());
        String options = heap + " -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:+ExitOnOutOfMemoryError";
        return new Launch(classPath, options(options), program.getName(), List.of(arguments), Map.of());
    }

    List<String> command(List<String> firstOptions) {
        List<String> command = new ArrayList<>();
        command.add(JAVA);
        command.addAll(firstOptions);
        command.addAll(jvmOptions);
        command.add(mainClass);
        command.addAll(arguments);
        return command;
    }

    /** The environment of the process: ours without what would change its virtual machine, its class path, its own. */
    void applyTo(Map<String, String> inherited) {
        inherited.keySet().removeAll(JVM_VARIABLES);
        // Not as an option: the command lines stay readable in a process list.
        inherited.put(
                "CLASSPATH", classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)));
        // glibc gives every thread its own arena otherwise, which costs each process tens of megabytes.
        inherited.putIfAbsent("MALLOC_ARENA_MAX", "2");
        inherited.putAll(environment);
    }

    /** Runs a command to its end; a failure, with its output, when it fails. */
    static void run(ProcessBuilder command, String failure) {
        try {
            Process process = command.redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new StackFailure(failure + ":\n" + said);
            }
        } catch (IOException e) {
            throw new StackFailure(failure + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            throw StackFailure.interrupted(command.command().getFirst(), e);
        }
    }

    /** Differs when the virtual machine, its options or a jar differ: a recorded start does not fit any more. */
    String digest() {
        List<String> parts = new ArrayList<>(List.of(System.getProperty("java.vm.version")));
        parts.addAll(jvmOptions);
        try {
            for (Path jar : classPath) {
                parts.add(jar + " " + Files.size(jar) + " " + Files.getLastModifiedTime(jar));
            }
        } catch (IOException e) {
            throw new StackFailure("The class path of " + mainClass + " is incomplete: " + e.getMessage(), e);
        }
        return digest(parts);
    }

    static String digest(List<String> texts) {
        try {
            var sha = MessageDigest.getInstance("SHA-256");
            byte[] digest = sha.digest(String.join("\n", texts).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
