package dev.mortar.localstack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said before a service is asked; what services answer is told by the system tests. */
class DeadLettersCliTest {

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "open order 1/2",
                "show",
                "show order",
                "show order 1",
                "show basket 1/2",
                "retry order",
                "retry order 1/x",
                "discard order 1/2",
                "discard order 1/2 --reason",
                "order inventory",
                "order --state LOST",
                "--url order",
                "--url basket=http://127.0.0.1:1"
            })
    void whatCannotBeUnderstoodEndsWithTwoAndTheUsage(String arguments) {
        assertThat(run(arguments)).isEqualTo(2);
        assertThat(said()).startsWith("mortar: ").contains("./mortar dead-letters retry SERVICE");
    }

    @Test
    void aServiceThatDoesNotAnswerEndsWithOneAndIsNamed() {
        String nowhere = " --url returns=http://127.0.0.1:1";
        assertThat(run("returns" + nowhere)).isOne();
        assertThat(said()).contains("returns", "does not answer");
        assertThat(run("retry returns --all" + nowhere)).isOne();
    }

    @Test
    void helpSaysHow() {
        assertThat(run("--help")).isZero();
        assertThat(said()).contains("discard SERVICE PARTITION/OFFSET --reason CODE");
    }

    private int run(String arguments) {
        var out = new PrintStream(said, true, StandardCharsets.UTF_8);
        return DeadLettersCli.run(List.of(arguments.split(" ", -1)), out, out);
    }

    private String said() {
        return said.toString(StandardCharsets.UTF_8);
    }
}
