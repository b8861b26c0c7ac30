package dev.mortar.localstack;

import java.nio.file.Path;

/** A virtual machine of its own that starts a part, so that a test can kill it. */
final class Parent {
    private Parent() {}

    /** Arguments: folder, port, {@code attached} or {@code detached}. Prints the id of the part's process. */
    public static void main(String[] arguments) throws InterruptedException {
        Part part = PartTest.tiny(
                Path.of(arguments[0]), Integer.parseInt(arguments[1]), arguments[1], arguments[2].equals("attached"));
        part.start();
        part.awaitReady();
        System.out.println(part.pid());
        Thread.currentThread().join();
    }
}
