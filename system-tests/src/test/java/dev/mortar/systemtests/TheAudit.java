package dev.mortar.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.audit.AuditCli;
import dev.mortar.localstack.Tokens;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The audit of the stack that all tests share. */
final class TheAudit {

    private TheAudit() {}

    /** Fails with the audit's report when something does not hold. Nothing may be on its way. */
    static void findsNothing() {
        Path token = TheStack.file("audit-token", TheStack.get().tokens().token(Tokens.READER));
        var bytes = new ByteArrayOutputStream();
        var out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

        int status = AuditCli.run(
                new String[] {
                    "--bootstrap",
                    TheStack.get().bootstrapServers(),
                    "--registry",
                    TheStack.get().schemaRegistryUrl(),
                    "--service-urls",
                    Stream.of("order", "inventory", "pickup", "returns")
                            .map(noun -> noun + "=" + TheStack.get().url(noun))
                            .collect(Collectors.joining(",")),
                    "--token-file",
                    token.toString(),
                    // While services were down their timers were late.
                    "--slack",
                    "PT5M",
                },
                out,
                out);

        assertThat(status).as(() -> bytes.toString(StandardCharsets.UTF_8)).isZero();
        assertThat(bytes.toString(StandardCharsets.UTF_8)).contains("All invariants with facts hold.");
    }
}
