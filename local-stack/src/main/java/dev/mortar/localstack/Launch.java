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
 * @param classPath jars, in order
 * @param jvmOptions what tunes the virtual machine; nothing that differs between two starts of the same program
 * @param mainClass and its {@code arguments}
 * @param environment added to that of this process
 */
record Launch(
        List<Path> classPath,
        List<String> jvmOptions,
        String mainClass,
        List<String> arguments,
        Map<String, String> environment) {

    /** The virtual machine that this process runs in. */
    static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    /** Variables that would change a virtual machine's options. */
    static final List<String> JVM_VARIABLES = List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

    /** Options that are separated by spaces. */
    static List<String> options(String text) {
        return text.isBlank() ? List.of() : List.of(text.strip().split("\\s+", -1));
    }

    /** The command, with these options before all others. */
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

    /**
     * Runs a command to its end.
     *
     * @throws StackFailure when it fails, with its output
     */
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

    /**
     * Differs whenever the virtual machine, its options or a jar differ: a recording of one start fits every start with
     * the same digest.
     */
    String digest() {
        try {
            var sha = MessageDigest.getInstance("SHA-256");
            sha.update(System.getProperty("java.vm.version").getBytes(StandardCharsets.UTF_8));
            sha.update(String.join(" ", jvmOptions).getBytes(StandardCharsets.UTF_8));
            for (Path jar : classPath) {
                sha.update((jar + " " + Files.size(jar) + " " + Files.getLastModifiedTime(jar) + "\n")
                        .getBytes(StandardCharsets.UTF_8));
            }
            return HexFormat.of().formatHex(sha.digest(), 0, 8);
        } catch (IOException e) {
            throw new StackFailure("The class path of " + mainClass + " is incomplete: " + e.getMessage(), e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
