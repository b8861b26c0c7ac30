package dev.mortar.localstack;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The commands of the script {@code mortar} that are about the stack. Ends with status 0 or 1. */
record Cli(Build build, Stack stack) {
    private Cli(Build build, StackOptions options) {
        this(build, new Stack(build, options));
    }

    public static void main(String[] arguments) {
        Arguments.main(arguments, "./mortar help lists the commands", 1, typed -> {
            Build build = Build.find();
            StackOptions options = StackOptions.forPeople(build);
            return new Cli(build, typed.contains("--secure") ? options.withSecurity() : options).run(typed);
        });
    }

    private boolean run(List<String> arguments) throws IOException {
        String command = arguments.isEmpty() ? "" : arguments.getFirst();
        List<String> rest = arguments.isEmpty() ? List.of() : arguments.subList(1, arguments.size());
        return switch (command) {
            case "up" -> up();
            case "status" -> status();
            case "mail" -> mail(rest.isEmpty() ? null : rest.getFirst());
            case "replay" -> replay(rest.isEmpty() ? Service.ALL : rest);
            case "down" -> down(rest.contains("--wipe"));
            default -> throw new StackFailure("Unknown command " + command);
        };
    }

    private boolean up() throws IOException {
        try (FileChannel channel = lock()) {
            long start = System.nanoTime();
            if (stack.parts().stream().allMatch(part -> part.isReady() && !part.isOutdated())) {
                System.out.println("The stack is up already.");
            } else {
                stack.up(System.out::println);
                build.dropOutdated();
                System.out.printf("The stack is ready after %.1f s.%n", (System.nanoTime() - start) / 1e9);
            }
        }
        System.out.printf(
                "%n%-14s %s%s%n", "Broker", stack.bootstrapServers(), stack.isSecured() ? "   (SASL_SSL)" : "");
        System.out.printf("%-14s %s%n", "Registry", stack.schemaRegistryUrl());
        System.out.printf("%-14s %s   (SMTP on port %d)%n", "Mails", stack.url("mail"), Ports.KNOWN.get("smtp"));
        System.out.printf("%-14s %s   (./mortar token makes tokens)%n", "Issuer", stack.url("issuer"));
        for (String service : Service.ALL) {
            System.out.printf("%-14s %s%n", service, stack.url(service));
        }
        return true;
    }

    private boolean status() {
        boolean allReady = true;
        long megabytes = 0;
        System.out.printf("%-14s %-10s %8s %8s %6s%n", "", "", "process", "MB", "port");
        for (Part part : stack.parts()) {
            boolean running = part.isRunning();
            boolean ready = part.isReady();
            allReady &= ready;
            long used = part.residentMegabytes();
            megabytes += used;
            String state = ready ? "ready" : running ? "not ready" : "stopped";
            String process = running ? "%8d %8d".formatted(part.pid(), used) : " ".repeat(17);
            System.out.printf("%-14s %-10s %s %6d%n", part.name(), state, process, part.port());
        }
        System.out.printf("%-14s %-10s %8s %8d%n", "all", "", "", megabytes);
        return allReady;
    }

    private boolean mail(@Nullable String id) {
        if (id == null) {
            for (Mail mail : stack.mails().all()) {
                System.out.printf(
                        "%s  %s  %-30s  %s%n", mail.id(), mail.receivedAt(), mail.recipient(), mail.subject());
            }
            System.out.println(
                    "./mortar mail ID shows one; " + stack.url("mail") + " shows all while the stack is up.");
            return true;
        }
        Mail mail = stack.mails().find(id).orElseThrow(() -> new StackFailure("There is no mail " + id));
        String format = "From: %s%nTo: %s%nDate: %s%nSubject: %s%nMessage-ID: %s%nAttachments: %s%n%n";
        String attached = String.join(", ", mail.attachments());
        System.out.printf(
                format, mail.from(), mail.recipient(), mail.receivedAt(), mail.subject(), mail.messageId(), attached);
        System.out.println(mail.text());
        return true;
    }

    private boolean replay(List<String> services) {
        boolean same = true;
        for (String service : services) {
            if (!Service.ALL.contains(service)) {
                throw new StackFailure("There is no service " + service + ", only " + String.join(", ", Service.ALL));
            }
            if (!stack.service(service).isReady()) {
                throw new StackFailure(
                        service + " has to run, so that its store can be asked for. Start it with: ./mortar up");
            }
            same &= stack.stores().replay(service, System.out::println);
        }
        return same;
    }

    private boolean down(boolean wipe) throws IOException {
        try (FileChannel channel = lock()) {
            stack.down(System.out::println);
            if (wipe) {
                Stack.delete(folder().resolve("data"));
                Stack.delete(folder().resolve("logs"));
                System.out.println("All data is forgotten.");
            }
        }
        return true;
    }

    private Path folder() {
        return build.root().resolve(".stack");
    }

    /** Two commands that start or stop things must not run at once; the second one says so. */
    private FileChannel lock() throws IOException {
        Files.createDirectories(folder().resolve("run"));
        FileChannel channel = FileChannel.open(
                folder().resolve("run").resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock();
        if (lock == null) {
            channel.close();
            throw new StackFailure("Another ./mortar is starting or stopping the stack; wait until it is done");
        }
        return channel;
    }
}
